import { Link } from "@tanstack/react-router";
import { Network } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData } from "@/api/types";
import { useRecordList } from "@/features/base/read";
import { isReference } from "@/fields/relation/references";
import { useSpeech } from "@/messages";
import { Mark } from "@/ui/Mark";
import { Panel } from "@/ui/Panel";
import { Bone } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import recordStyles from "../Record.module.css";
import styles from "./Overview.module.css";
import { byRole, peopleOf, type PeopleOf } from "./people";

const RelationMap = lazy(() => import("./RelationMap"));
const MOST = 60;

/** The same people as the map shows, for the keyboard and for whoever reads by ear. */
function PeopleList({ of, people }: { of: PeopleOf; people: RecordData[] }) {
  const { t, say } = useSpeech();
  return (
    <div data-testid="relation-list">
      {byRole(people, of.roles).map((group) => {
        const choice = of.roles?.config.choices?.find((each) => each.key === group.key);
        return (
          <section key={group.key}>
            <h3 className={styles["role"]}>{choice ? <Tag color={choice.color}>{say(choice.label)}</Tag> : t("relations.other")}</h3>
            {group.people.map((person) => {
              const name = String(person[of.type.title_field] ?? t("record.untitled"));
              const above = of.above ? person[of.above.api_name] : null;
              const subtitle = of.type.subtitle_field ? person[of.type.subtitle_field] : null;
              return (
                <Link key={person.id} to="/o/$object/$id" params={{ object: of.type.api_name, id: person.id }} className={recordStyles["relatedItem"]}>
                  <Mark name={name} size={20} />
                  <span className={recordStyles["relatedText"]}>{name}{typeof subtitle === "string" && <span className={recordStyles["relatedMeta"]}> {subtitle}</span>}</span>
                  {isReference(above) && above.label && <span className={recordStyles["relatedMeta"]}>{t("relations.reports", { name: above.label })}</span>}
                </Link>
              );
            })}
          </section>
        );
      })}
    </div>
  );
}

function PeoplePanel({ of, record, onClose }: { of: PeopleOf; record: RecordData; onClose: () => void }) {
  const { t, say } = useSpeech();
  const [asList, setAsList] = useState(false);
  const select = [...new Set([of.type.title_field, of.type.subtitle_field, of.roles?.api_name, of.above?.api_name].filter((name): name is string => Boolean(name)))];
  const page = useRecordList(of.type.api_name, { select, where: { field: of.via.api_name, op: "eq", value: record.id }, limit: MOST }).data?.pages[0];
  return (
    <Panel wide title={t("relations.title")} onClose={onClose}>
      <div className={styles["switch"]} role="group" aria-label={t("relations.title")}>
        <button type="button" className={styles["chip"]} aria-pressed={!asList} onClick={() => setAsList(false)}>{t("relations.map")}</button>
        <button type="button" className={styles["chip"]} aria-pressed={asList} onClick={() => setAsList(true)}>{t("relations.list")}</button>
      </div>
      {!page && <Bone height={120} />}
      {page?.records.length === 0 && <p className={recordStyles["quiet"]}>{t("related.none", { label: say(of.type.label_plural) })}</p>}
      {page && asList && <PeopleList of={of} people={page.records} />}
      {page && page.records.length > 0 && !asList && <Suspense fallback={<Bone height={320} />}><RelationMap type={of.type} people={page.records} roles={of.roles} above={of.above} /></Suspense>}
      {page?.next_cursor && <p className={recordStyles["quiet"]}>{t("relations.first", { n: MOST })}</p>}
    </Panel>
  );
}

/** Opens who is who at a customer. */
export function PeopleButton({ type, record }: { type: ObjectType; record: RecordData }) {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const [open, setOpen] = useState(false);
  const of = peopleOf(catalog.data.objects, type);
  if (!of) return null;
  return (
    <>
      <button type="button" className={styles["open"]} onClick={() => setOpen(true)}><Network size={14} aria-hidden />{t("relations.title")}</button>
      {open && <PeoplePanel of={of} record={record} onClose={() => setOpen(false)} />}
    </>
  );
}
