import { X } from "lucide-react";
import { useState } from "react";
import type { Localized } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { useCandidates } from "@/fields/relation/references";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import styles from "./principals.module.css";

/** Whom rights are given to, and the object that holds them; roles are no records. */
export const PRINCIPAL_OBJECTS = { user: "user", department: "department", position: "position", group: "user_group" } as const;
export type PrincipalKind = keyof typeof PRINCIPAL_OBJECTS | "role";
export interface Principal {
  kind: PrincipalKind;
  id: string;
  label: string;
}

export const principalKey = (principal: Pick<Principal, "kind" | "id">) => `${principal.kind}:${principal.id}`;
export function principalOf(key: string, label: string | null): Principal {
  const [kind, ...id] = key.split(":");
  return { kind: kind as PrincipalKind, id: id.join(":"), label: label ?? key };
}

interface OneProps {
  kind: PrincipalKind;
  roles: readonly { key: string; label: Localized }[];
  onPick: (principal: Principal) => void;
}

function FindOne({ kind, roles, onPick }: OneProps) {
  const { t, say } = useSpeech();
  const [typed, setTyped] = useState("");
  const { options, loading } = useCandidates(kind === "role" ? undefined : PRINCIPAL_OBJECTS[kind], typed, kind !== "role");
  const found = kind === "role" ? roles.map((role) => ({ value: role.key, text: say(role.label) })) : options;
  const pick = (id: string | string[] | null) => {
    const option = found.find((each) => each.value === id);
    if (option) onPick({ kind, id: option.value, label: option.text });
  };
  const search = kind === "role" ? {} : { onSearch: setTyped, loading };
  return <Choose label={t("principal.find")} value={null} options={found} clearable={false} placeholder={t("value.searchPlaceholder")} {...search} onPick={pick} />;
}

interface Props {
  kinds: readonly PrincipalKind[];
  value: Principal[];
  onChange: (next: Principal[]) => void;
  roles?: readonly { key: string; label: Localized }[];
}

/** People, departments, positions, groups and roles, chosen one after the other into a list. */
export function PrincipalPicker({ kinds, value, onChange, roles = [] }: Props) {
  const { t } = useSpeech();
  const [kind, setKind] = useState<PrincipalKind>(kinds[0] ?? "user");
  const add = (principal: Principal) => {
    if (!value.some((each) => principalKey(each) === principalKey(principal))) onChange([...value, principal]);
  };
  return (
    <div className={styles["picker"]}>
      <div className={cx(styles["row"], kinds.length === 1 && styles["single"])}>
        {kinds.length > 1 && <Choose label={t("principal.kind")} value={kind} clearable={false} options={kinds.map((each) => ({ value: each, text: t(`principal.${each}`) }))} onPick={(next) => setKind(next as PrincipalKind)} />}
        <FindOne key={kind} kind={kind} roles={roles} onPick={add} />
      </div>
      {value.length > 0 && (
        <ul className={styles["chosen"]}>
          {value.map((each) => (
            <li key={principalKey(each)} className={styles["chip"]}>
              {kinds.length > 1 && <small>{t(`principal.${each.kind}`)}</small>}{each.label}
              <IconButton small label={t("principal.remove", { name: each.label })} onClick={() => onChange(value.filter((other) => other !== each))}><X size={12} /></IconButton>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
