import { closestCenter, DndContext } from "@dnd-kit/core";
import { SortableContext, useSortable, verticalListSortingStrategy } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { Button } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field } from "@/api/types";
import { typeUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { landed, useHandles } from "@/ui/drag";
import { formatDate, formatNumber } from "@/ui/format";
import { complain } from "@/ui/says";
import { Tag } from "@/ui/Tag";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";
import { moved, type Designed, type Filled } from "../model";
import { Handle } from "../sortable/Handle";
import { useFilled } from "../usage/Uses";
import { AddField } from "./AddField";
import { ArchivedFields } from "./ArchivedFields";
import { EditField } from "./EditField";

interface RowProps {
  field: Field;
  filled: Filled | undefined;
  total: number;
  sampled: boolean;
  onEdit: () => void;
  onMove: (by: number) => void;
}

/** How many records have a value, and when one was last written. */
function Fill({ filled, total, sampled }: Pick<RowProps, "filled" | "total" | "sampled">) {
  const { t, language } = useSpeech();
  if (!filled) return null;
  const share = total > 0 ? Math.round((filled.filled / total) * 100) : 0;
  if (filled.filled === 0 && filled.uses === 0) return <Tag color="yellow">{t("fields.unused")}</Tag>;
  return (
    <span title={t("fields.fillTitle", { filled: formatNumber(String(filled.filled), language), total: formatNumber(String(total), language), n: filled.uses })}>
      {sampled ? "\u2248 " : ""}{share}%{filled.last_used && <small className={styles["hint"]}> · {formatDate(filled.last_used.slice(0, 10), language)}</small>}
    </span>
  );
}

function Marks({ field }: { field: Field }) {
  const { t } = useSpeech();
  return (
    <span className={styles["tags"]}>
      {field.required && <Tag color="red">{t("fields.required")}</Tag>}
      {field.unique && <Tag color="blue">{t("fields.unique")}</Tag>}
      {field.system && <Tag color="gray">{t("fields.system")}</Tag>}
    </span>
  );
}

function useTypeText() {
  const catalog = useCatalog();
  const { say } = useSpeech();
  return (field: Field) => {
    const target = field.type === "relation" || field.type === "relation_many" ? field.config.target : undefined;
    return `${say(catalog.fieldType(field.type)?.label) || field.type}${target ? ` \u2192 ${say(catalog.object(target)?.label)}` : ""}`;
  };
}

function Row({ field, filled, total, sampled, onEdit, onMove }: RowProps) {
  const { t, say } = useSpeech();
  const typeText = useTypeText();
  const { attributes: _attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({ id: field.api_name });
  const { icon: Icon } = typeUi(field.type);
  const name = say(field.label);
  return (
    <tr ref={setNodeRef} style={{ transform: CSS.Translate.toString(transform), transition }} className={isDragging ? styles["dragged"] : undefined}>
      <td className={styles["grip"]}><Handle name={name} drag={listeners} setRef={setActivatorNodeRef} onMove={onMove} /></td>
      <td><button type="button" className={styles["who"]} onClick={onEdit} aria-label={t("fields.editTitle", { name })}><Icon size={14} color="var(--faint)" aria-hidden />{name}</button></td>
      <td className={styles["code"]}>{field.api_name}</td>
      <td>{typeText(field)}</td>
      <td><Marks field={field} /></td>
      <td className={styles["wide"]}><Fill filled={filled} total={total} sampled={sampled} /></td>
    </tr>
  );
}

/** What every object has by itself; shown so that one knows of it, not to be changed. */
function SystemFields({ fields }: { fields: Field[] }) {
  const { t, say } = useSpeech();
  const typeText = useTypeText();
  return (
    <details className={styles["more"]}>
      <summary>{t("fields.systemFields", { n: fields.length })}</summary>
      <ul className={styles["plain"]}>{fields.map((field) => <li key={field.id}>{say(field.label)} <code className={styles["code"]}>{field.api_name}</code> <small className={styles["hint"]}>{typeText(field)}</small></li>)}</ul>
    </details>
  );
}

/** The fields in their order, how full each is, and what was removed. */
export function FieldsTab({ type }: { type: Designed }) {
  const { t, say } = useSpeech();
  const { edit } = useDraft();
  const filled = useFilled(type.api_name).data;
  const [edited, setEdited] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const sensors = useHandles();
  const own = type.fields.filter((field) => !field.system);
  const names = own.map((field) => field.api_name);
  const move = (from: number, to: number) => {
    if (from === to || to < 0 || to >= names.length) return;
    void edit({ kind: "update_object", object: type.api_name, set: { field_order: moved(names, from, to) } }).catch((error: unknown) => complain(error, t));
  };
  const field = own.find((each) => each.api_name === edited);
  return (
    <>
      <div className={styles["tools"]}>
        <p className={styles["hint"]}>{t("objects.fieldCount", { n: own.length })}{filled && ` \u00b7 ${t("fields.records", { n: filled.total })}`}</p>
        <Button type="primary" icon={<Plus size={14} />} onClick={() => setAdding(true)}>{t("fields.add")}</Button>
      </div>
      <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={(event) => move(names.indexOf(String(event.active.id)), names.indexOf(landed(event)?.id ?? ""))}>
        <SortableContext items={names} strategy={verticalListSortingStrategy}>
          <div className={styles["wrap"]}>
            <table className={styles["table"]} data-testid="fields-table" aria-label={t("fields.title", { label: say(type.label) })}>
              <thead><tr><th /><th>{t("fields.name")}</th><th>{t("objects.code")}</th><th>{t("fields.type")}</th><th>{t("fields.rules")}</th><th className={styles["wide"]}>{t("fields.fill")}</th></tr></thead>
              <tbody>
                {own.map((each, index) => <Row key={each.api_name} field={each} filled={filled?.fields[each.api_name]} total={filled?.total ?? 0} sampled={filled?.sampled ?? false} onEdit={() => setEdited(each.api_name)} onMove={(by) => move(index, index + by)} />)}
              </tbody>
            </table>
          </div>
        </SortableContext>
      </DndContext>
      <SystemFields fields={type.fields.filter((each) => each.system)} />
      <ArchivedFields type={type} />
      {field && <EditField key={field.api_name} type={type} field={field} onClose={() => setEdited(null)} />}
      {adding && <AddField type={type} onClose={() => setAdding(false)} />}
    </>
  );
}
