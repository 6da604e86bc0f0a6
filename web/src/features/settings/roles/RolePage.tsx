import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button, Popconfirm } from "antd";
import { ChevronRight } from "lucide-react";
import type { Role } from "@/api/access";
import { api } from "@/api/client";
import { usePower, useSession } from "@/api/session";
import { useQueryClient } from "@tanstack/react-query";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import { accessKeys } from "../access/read";
import settings from "../Settings.module.css";
import { HoldersTab } from "./HoldersTab";
import { Levels } from "./Levels";
import { Matrix } from "./Matrix";
import { Powers } from "./Powers";
import styles from "./Roles.module.css";
import { SaveBar } from "./SaveBar";
import { useRole, useRoleDraft } from "./useRoleDraft";

const tabs = ["rights", "fields", "powers", "holders"] as const;

function RemoveRole({ role }: { role: Role }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = async () => {
    try {
      await api.delete(`/roles/${role.key}`);
      toast(t("roles.removed", { name: say(role.label) }));
      await navigate({ to: "/settings/roles" });
      void client.invalidateQueries({ queryKey: accessKeys.roles, exact: true });
    } catch (error) {
      complain(error, t);
    }
  };
  return (
    <Popconfirm title={t("roles.removeConfirm", { name: say(role.label) })} okText={t("action.delete")} cancelText={t("action.cancel")} onConfirm={remove}>
      <Button danger type="text">{t("roles.remove")}</Button>
    </Popconfirm>
  );
}

function Desk({ role }: { role: Role }) {
  const { t, say } = useSpeech();
  const { user } = useSession();
  const writes = usePower("roles");
  const { tab } = useSearch({ from: "/shell/settings/roles/$role" });
  const current = tabs.find((name) => name === tab) ?? "rights";
  const desk = useRoleDraft(role);
  // A protected role is for those who hold its powers.
  const unlocked = !role.locked || role.powers.every((power) => user.powers.includes(power));
  const disabled = !writes || !unlocked;
  return (
    <>
      <p className={styles["quiet"]}><Link to="/settings/roles">{t("settings.roles")}</Link> <ChevronRight size={12} aria-hidden /></p>
      <header className={settings["head"]}>
        <div>
          <h2 className={settings["title"]}>{say(desk.draft.label)} <span className={settings["tags"]}>{role.kind === "standard" && <Tag color="gray">{t("roles.standard")}</Tag>}{role.locked && <Tag color="yellow">{t("roles.locked")}</Tag>}</span></h2>
          <p className={settings["hint"]}>{say(desk.draft.description)}</p>
        </div>
        {!disabled && role.kind === "custom" && <RemoveRole role={role} />}
      </header>
      {disabled && <p className={styles["note"]}>{t(writes ? "roles.lockedHint" : "roles.readHint")}</p>}
      <nav className={styles["tabs"]} aria-label={t("roles.parts")}>
        {tabs.map((name) => (
          <Link key={name} to="/settings/roles/$role" params={{ role: role.key }} search={name === "rights" ? {} : { tab: name }} activeOptions={{ exact: true, includeSearch: true }} className={styles["tab"]} aria-current={name === current ? "page" : undefined}>{t(`roles.tab.${name}`)}</Link>
        ))}
      </nav>
      {current === "rights" && <Matrix desk={desk} roleKey={role.key} disabled={disabled} />}
      {current === "fields" && <Levels desk={desk} disabled={disabled} />}
      {current === "powers" && <Powers desk={desk} disabled={disabled} />}
      {current === "holders" && <HoldersTab role={role} disabled={disabled} />}
      <SaveBar desk={desk} />
    </>
  );
}

/** One role: what it lets do, how open fields are, its powers, and who holds it. */
export function RolePage() {
  const { role: key } = useParams({ from: "/shell/settings/roles/$role" });
  const role = useRole(key);
  if (role.isError) return <ErrorState error={role.error} onRetry={() => void role.refetch()} />;
  if (!role.data) return <Bone width="60%" />;
  return <Desk key={key} role={role.data} />;
}
