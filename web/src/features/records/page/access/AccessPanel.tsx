import { useState } from "react";
import type { RecordAccess } from "@/api/access";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { Mark } from "@/ui/Mark";
import { Panel } from "@/ui/Panel";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import styles from "./Access.module.css";
import { Shares } from "./Shares";
import { useReason, useRecordAccess } from "./useAccess";

const FEW = 8;

function Groups({ access }: { access: RecordAccess }) {
  const { t, language } = useSpeech();
  const reason = useReason();
  return (
    <ul className={styles["groups"]} aria-label={t("why.groups")} data-testid="access-groups">
      {access.groups.map((group) => (
        <li key={`${group.reason.kind} ${group.reason.key} ${group.reason.scope ?? ""}`}><span>{reason(group.reason)}</span><b>{t("ask.people", { n: group.count })}</b></li>
      ))}
      {access.groups.length === 0 && <li>{t("why.nobody")}</li>}
      <li className={styles["sum"]}><span>{t("why.sum")}</span><b>{access.count.toLocaleString(language)}</b></li>
    </ul>
  );
}

function People({ access }: { access: RecordAccess }) {
  const { t } = useSpeech();
  const reason = useReason();
  const [all, setAll] = useState(false);
  const shown = all ? access.people : access.people.slice(0, FEW);
  return (
    <>
      <ul data-testid="access-people">
        {shown.map((person) => (
          <li key={person.id} className={styles["person"]}>
            <Mark name={person.label ?? "?"} size={24} />
            <span className={styles["who"]}>
              <span>{person.label ?? t("value.outOfSight")} {person.owner && <Tag color="green">{t("why.owner")}</Tag>}</span>
              <small>{person.reasons.map(reason).join(t("list.comma"))}</small>
            </span>
            <Tag color={person.edit ? "blue" : "gray"}>{t(person.edit ? "why.edit" : "why.read")}</Tag>
          </li>
        ))}
      </ul>
      {!all && access.people.length > FEW && <button type="button" className={styles["more"]} onClick={() => setAll(true)}>{t("why.showAll", { n: access.people.length })}</button>}
      {all && access.count > access.people.length && <p className={styles["quiet"]}>{t("why.first", { n: access.people.length })}</p>}
    </>
  );
}

/** Who can see this and why; with whom it is shared, and sharing it further for those who may. */
export function AccessPanel({ type, id, title, onClose }: { type: ObjectType; id: string; title: string; onClose: () => void }) {
  const { t } = useSpeech();
  const access = useRecordAccess(type, id);
  return (
    <Panel title={t("why.title", { name: title })} onClose={onClose}>
      {access.isError && <ErrorState error={access.error} onRetry={() => void access.refetch()} />}
      {access.isPending && <><Bone width="70%" /><br /><Bone width="50%" /></>}
      {access.data && (
        <>
          <Shares type={type} id={id} access={access.data} />
          <h3 className={styles["heading"]}>{t("why.groups")}</h3>
          <Groups access={access.data} />
          <h3 className={styles["heading"]}>{t("why.people")}</h3>
          <People access={access.data} />
        </>
      )}
    </Panel>
  );
}
