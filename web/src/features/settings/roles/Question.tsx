import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ACTIONS, type Action, type Holder, type Role, type RoleHead } from "@/api/access";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { Bone } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { accessKeys, isCurrent, useHolders } from "../access/read";
import { grantOf, tone } from "./model";
import styles from "./Roles.module.css";

const colours = { none: "gray", own: "blue", some: "teal", rule: "purple", all: "green" } as const;

/** How many people a role reaches; who holds it in two ways is counted twice, so it says "up to". */
function usePeople() {
  const { t } = useSpeech();
  const holders = useHolders().data ?? [];
  return (role: string) => {
    const current = holders.filter((each: Holder) => each.role === role && isCurrent(each));
    const n = current.reduce((sum, each) => sum + each.people, 0);
    if (n === 0) return t("ask.holdsNone");
    return current.length === 1 ? t("ask.people", { n }) : t("ask.atMost", { n });
  };
}

/** "Who can export accounts?" — answered from all roles, before anybody reads a matrix. */
export function Question({ roles }: { roles: RoleHead[] }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const people = usePeople();
  const objects = [...catalog.data.objects].sort((a, b) => Number(a.kind === "system") - Number(b.kind === "system") || a.position - b.position);
  const [action, setAction] = useState<Action>("export");
  const [object, setObject] = useState(() => (objects.find((type) => type.api_name === "account") ?? objects[0])?.api_name ?? "");
  const found = useQueries({ queries: roles.map((role) => ({ queryKey: accessKeys.role(role.key), queryFn: () => api.get<Role>(`/roles/${role.key}`) })) });
  const answers = found.flatMap(({ data }) => {
    const grant = data ? grantOf(data.grants, object, action).grant : null;
    return data && grant && grant.scope !== "none" ? [{ role: data, scope: grant.scope }] : [];
  });
  const pending = found.some((each) => each.isPending);
  return (
    <section className={styles["ask"]} aria-label={t("ask.who")} data-testid="role-question">
      <span>{t("ask.who")}</span>
      <span className={styles["askPick"]}><Choose label={t("ask.action")} value={action} clearable={false} options={ACTIONS.map((each) => ({ value: each, text: t(`access.${each}`) }))} onPick={(next) => setAction(next as Action)} /></span>
      <span className={cx(styles["askPick"], styles["wide"])}><Choose label={t("ask.object")} value={object} clearable={false} options={objects.map((each) => ({ value: each.api_name, text: say(each.label) }))} onPick={(next) => setObject(String(next))} /></span>
      <span>{t("ask.mark")}</span>
      <ul className={styles["answer"]} aria-live="polite">
        {pending && <Bone width="50%" />}
        {!pending && answers.length === 0 && <li>{t("ask.nobody")}</li>}
        {!pending && answers.map(({ role, scope }) => (
          <li key={role.key}>
            <Link to="/settings/roles/$role" params={{ role: role.key }}>{say(role.label)}</Link>
            <Tag color={colours[tone(scope)]}>{t(`scope.${scope}`)}</Tag>
            <span className={styles["quiet"]}>{people(role.key)}</span>
          </li>
        ))}
        {!pending && <li className={styles["quiet"]}>{t("ask.shared")}</li>}
      </ul>
    </section>
  );
}
