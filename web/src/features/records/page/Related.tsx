import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { openQuickCreate } from "@/features/base/openers";
import { useCount, useRecord, useRecordList } from "@/features/base/read";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import { isReference } from "@/fields/relation/references";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { Mark, ObjectMark } from "@/ui/Mark";
import { Bone } from "@/ui/State";
import { layoutOf } from "../form/rules";
import { MoneyCard } from "./overview/MoneyCard";
import { PeopleButton } from "./overview/PeopleCard";
import styles from "./Record.module.css";

interface CardProps {
  target: ObjectType;
  field: string;
  record: RecordData;
  label: string;
}

/** The few facts that tell one related record from the next. */
function metaFields(target: ObjectType): string[] {
  return [target.board_sum_field, target.board_field, target.subtitle_field].filter((name): name is string => Boolean(name)).slice(0, 2);
}

function RelatedCard({ target, field, record, label }: CardProps) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const where = { field, op: "eq", value: record.id };
  const meta = metaFields(target);
  const list = useRecordList(target.api_name, { select: [target.title_field, ...meta], where, limit: 5 });
  const count = useCount(target.api_name, { where }, list.isSuccess).value;
  const rows = list.data?.pages[0]?.records ?? [];
  const add = t("related.add", { label: say(target.label) });
  return (
    <section className={styles["card"]} data-testid={`related-${target.api_name}`}>
      <header className={styles["cardHead"]}>
        <ObjectMark icon={target.icon} color={target.color} size={20} />
        <h2 className={styles["cardTitle"]}>{say(catalog.field(target.api_name, field)?.config.inverse_label) || say(target.label_plural)}</h2>
        <span className={styles["count"]}>{count !== undefined ? count.toLocaleString() : ""}</span>
        {target.permissions.create && <IconButton small label={add} onClick={() => openQuickCreate(target.api_name, { [field]: { id: record.id, label } })}><Plus size={14} /></IconButton>}
      </header>
      {list.isPending && <Bone width="70%" />}
      {list.isSuccess && rows.length === 0 && <p className={styles["quiet"]}>{t("related.none", { label: say(target.label_plural) })}</p>}
      {rows.map((row) => (
        <Link key={row.id} to="/o/$object/$id" params={{ object: target.api_name, id: row.id }} className={styles["relatedItem"]}>
          <Mark name={String(row[target.title_field] ?? "?")} size={20} />
          <span className={styles["relatedText"]}>{String(row[target.title_field] ?? t("record.untitled"))}</span>
          {meta.map((name) => {
            const shown = catalog.field(target.api_name, name);
            if (!shown) return null;
            const { Cell } = fieldUi(shown);
            return <span key={name} className={styles["relatedMeta"]}><Cell value={row[name] ?? null} field={shown} /></span>;
          })}
        </Link>
      ))}
      {count !== undefined && count > rows.length && (
        <Link to="/o/$object" params={{ object: target.api_name }} search={{ where }} className={styles["seeAll"]}>{t("related.more", { n: count })}</Link>
      )}
    </section>
  );
}

/** What this record belongs to, with the few facts one needs before calling. */
function ParentCard({ relation, target, id }: { relation: Field; target: ObjectType; id: string }) {
  const catalog = useCatalog();
  const { say } = useSpeech();
  const parent = useRecord(target.api_name, id).data;
  if (!parent) return null;
  const facts = [...target.layout.highlights, ...target.quick_create].filter((name, index, all) => name !== target.title_field && all.indexOf(name) === index);
  return (
    <section className={styles["card"]} data-testid={`parent-${relation.api_name}`}>
      <header className={styles["cardHead"]}><ObjectMark icon={target.icon} color={target.color} size={20} /><h2 className={styles["cardTitle"]}>{say(relation.label)}</h2></header>
      <Link to="/o/$object/$id" params={{ object: target.api_name, id }} className={styles["relatedItem"]}>
        <Mark name={String(parent[target.title_field] ?? "?")} size={20} />
        <span className={styles["relatedText"]}>{String(parent[target.title_field] ?? "")}</span>
      </Link>
      <dl>
        {facts.slice(0, 4).map((name) => {
          const field = catalog.field(target.api_name, name);
          if (!field || isEmptyValue(parent[name])) return null;
          const { Cell } = fieldUi(field);
          return <div key={name} className={styles["field"]}><dt className={styles["name"]}>{say(field.label)}</dt><dd style={{ margin: 0, fontSize: 13 }}><Cell value={parent[name]} field={field} linked /></dd></div>;
        })}
      </dl>
    </section>
  );
}

export function Related({ type, record }: { type: ObjectType; record: RecordData }) {
  const catalog = useCatalog();
  const label = String(record[type.title_field] ?? "");
  const parents = type.fields.flatMap((relation) => {
    const found = relation.type === "relation" && !relation.system ? catalog.object(relation.config.target ?? "") : undefined;
    // What the house keeps of its own workings (the pool) is told on the page elsewhere.
    const target = relation.readonly && found?.kind === "system" ? undefined : found;
    const value = record[relation.api_name];
    // Without a label it lies outside of what the reader may see.
    return target && isReference(value) && value.label !== null ? [{ relation, target, id: value.id }] : [];
  });
  // What is edited as a sub-table of this page is not listed beside it once more.
  const tables = new Set(type.fields.flatMap((field) => (field.type === "sub_table" ? [field.config.relation ?? ""] : [])));
  const children = layoutOf(type, record).related.filter(({ object, field }) => !tables.has(`${object}.${field}`)).map(({ object, field }) => {
    const target = catalog.object(object);
    return target && object !== "activity" ? <RelatedCard key={`${object}.${field}`} target={target} field={field} record={record} label={label} /> : null;
  });
  return <>{parents.map((parent) => <ParentCard key={parent.relation.id} {...parent} />)}<MoneyCard type={type} id={record.id} /><PeopleButton type={type} record={record} />{children}</>;
}
