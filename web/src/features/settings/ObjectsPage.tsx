import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType } from "@/api/types";
import { fieldUi } from "@/fields/registry";
import { unknownField } from "@/fields/unknown";
import { useSpeech } from "@/messages";
import { ObjectMark } from "@/ui/Mark";
import { Tag } from "@/ui/Tag";
import { AddField } from "./AddField";
import { EditField } from "./EditField";
import { NewObject } from "./NewObject";
import styles from "./Settings.module.css";

function FieldTable({ type, onEdit }: { type: ObjectType; onEdit: (field: Field) => void }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  return (
    <div className={styles["wrap"]}>
      <table className={styles["table"]} data-testid="fields-table">
        <thead><tr><th>{t("fields.name")}</th><th>{t("objects.code")}</th><th>{t("fields.type")}</th><th>{t("fields.rules")}</th><th /></tr></thead>
        <tbody>
          {type.fields.filter((field) => fieldUi(field) !== unknownField || !field.system).map((field) => {
            const { icon: Icon } = fieldUi(field);
            const target = catalog.target(field);
            return (
              <tr key={field.id}>
                <td><span className={styles["who"]}><Icon size={14} color="var(--faint)" aria-hidden />{say(field.label)}</span></td>
                <td className={styles["code"]}>{field.api_name}</td>
                <td>{say(catalog.fieldType(field.type)?.label) || field.type}{target && field.type === "relation" ? ` → ${say(catalog.object(target)?.label)}` : ""}</td>
                <td>
                  <span className={styles["tags"]}>
                    {field.required && <Tag color="red">{t("fields.required")}</Tag>}
                    {field.unique && <Tag color="blue">{t("fields.unique")}</Tag>}
                    {field.system && <Tag color="gray">{t("fields.system")}</Tag>}
                  </span>
                </td>
                <td className={styles["right"]}>{!field.system && <Button size="small" type="text" onClick={() => onEdit(field)} aria-label={t("fields.editTitle", { name: say(field.label) })}>{t("fields.edit")}</Button>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function ObjectsPage() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const { object } = useSearch({ strict: false }) as { object?: string };
  const [edited, setEdited] = useState<Field | null>(null);
  const [adding, setAdding] = useState(false);
  const [making, setMaking] = useState(false);
  const types = [...catalog.data.objects].sort((a, b) => Number(a.kind === "system") - Number(b.kind === "system") || a.position - b.position);
  const type = (object ? catalog.object(object) : undefined) ?? types[0];
  return (
    <>
      <header className={styles["head"]}>
        <div><h2 className={styles["title"]}>{t("settings.objects")}</h2><p className={styles["hint"]}>{t("objects.hint")}</p></div>
        <Button icon={<Plus size={14} />} onClick={() => setMaking(true)}>{t("objects.new")}</Button>
      </header>
      <div className={styles["split"]}>
        <nav className={styles["objects"]} aria-label={t("objects.list")}>
          {types.map((each) => (
            <Link key={each.id} to="/settings/objects" search={{ object: each.api_name }} className={styles["object"]} aria-current={each.api_name === type?.api_name ? "page" : undefined}>
              <ObjectMark icon={each.icon} color={each.color} size={22} />{say(each.label)}<small>{each.fields.length}</small>
            </Link>
          ))}
        </nav>
        {type && (
          <section>
            <header className={styles["head"]}>
              <div><h3 style={{ fontSize: 16, fontWeight: 600 }}>{t("fields.title", { label: say(type.label) })}</h3><p className={styles["hint"]}>{t(`objects.kind.${type.kind}`)} · {t("objects.fieldCount", { n: type.fields.length })}</p></div>
              <Button type="primary" icon={<Plus size={14} />} onClick={() => setAdding(true)}>{t("fields.add")}</Button>
            </header>
            <FieldTable type={type} onEdit={setEdited} />
          </section>
        )}
      </div>
      {edited && type && <EditField key={edited.id} type={type} field={edited} onClose={() => setEdited(null)} />}
      {adding && type && <AddField type={type} onClose={() => setAdding(false)} />}
      {making && <NewObject onClose={() => setMaking(false)} onMade={(made) => { setMaking(false); void navigate({ to: "/settings/objects", search: { object: made } }); }} />}
    </>
  );
}
