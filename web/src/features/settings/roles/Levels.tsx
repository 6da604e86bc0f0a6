import { Checkbox, Input, Switch } from "antd";
import { useState } from "react";
import { LEVELS, type Level } from "@/api/access";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { changedField, OPEN, withField } from "./model";
import styles from "./Roles.module.css";
import type { RoleDesk } from "./useRoleDraft";

/** What no role can limit: every client needs it to name a record and to change it safely. */
const ALWAYS = ["id", "version"];

interface RowProps {
  type: ObjectType;
  field: Field;
  desk: RoleDesk;
  disabled: boolean;
}

function Row({ type, field, desk, disabled }: RowProps) {
  const { t, say } = useSpeech();
  const { icon: Icon } = fieldUi(field);
  const access = desk.draft.fields[type.api_name]?.[field.api_name] ?? OPEN;
  const name = say(field.label);
  const isTitle = field.api_name === type.title_field;
  // What only the system fills in is seen or not; the name of a record is always seen.
  const levels = LEVELS.filter((level) => level === access.level || level === "edit" || (level === "read" ? !field.readonly : !isTitle));
  const set = (level: Level, unmask: boolean) => desk.setDraft((old) => withField(old, type.api_name, field.api_name, { level, unmask }));
  return (
    <tr>
      <td><span className={styles["object"]}><Icon size={14} color="var(--faint)" aria-hidden /><span>{name}{isTitle && <small>{t("levels.title")}</small>}</span></span></td>
      <td>
        <span className={styles["cell"]} data-mark={changedField(desk.changes, type.api_name, field.api_name) ? "changed" : undefined} data-level={access.level}>
          <select aria-label={t("levels.of", { name })} disabled={disabled} value={access.level} onChange={(event) => set(event.target.value as Level, access.unmask)}>
            {levels.map((level) => <option key={level} value={level}>{t(level === "edit" && field.readonly ? "level.seen" : `level.${level}`)}</option>)}
          </select>
        </span>
      </td>
      <td>{access.level === "masked" && <Switch size="small" disabled={disabled} checked={access.unmask} aria-label={t("levels.unmaskOf", { name })} onChange={(unmask) => set("masked", unmask)} />}</td>
    </tr>
  );
}

/** How open each field of one object is; only limits are kept. */
export function Levels({ desk, disabled }: { desk: RoleDesk; disabled: boolean }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const types = [...catalog.data.objects].sort((a, b) => Number(a.kind === "system") - Number(b.kind === "system") || a.position - b.position);
  const [name, setName] = useState(() => types.find((type) => desk.draft.fields[type.api_name])?.api_name ?? types[0]?.api_name ?? "");
  const [search, setSearch] = useState("");
  const [only, setOnly] = useState(false);
  const type = catalog.object(name);
  if (!type) return null;
  const limits = desk.draft.fields[name] ?? {};
  const fields = [...type.fields].sort((a, b) => Number(a.system) - Number(b.system)).filter((field) => !ALWAYS.includes(field.api_name) && `${say(field.label)} ${field.api_name}`.toLowerCase().includes(search.trim().toLowerCase()) && (!only || limits[field.api_name]));
  const setAll = (level: Level) => desk.setDraft((old) => fields.filter((field) => field.api_name !== type.title_field || level === "read" || level === "edit").reduce((next, field) => withField(next, name, field.api_name, { level, unmask: false }), old));
  const option = (each: ObjectType) => {
    const count = Object.keys(desk.draft.fields[each.api_name] ?? {}).length;
    return { value: each.api_name, text: count ? `${say(each.label)} · ${t("levels.limited", { n: count })}` : say(each.label) };
  };
  return (
    <>
      <p className={styles["hint"]}>{t("levels.hint")}</p>
      <div className={styles["tools"]}>
        <Choose label={t("levels.object")} value={name} clearable={false} options={types.map(option)} onPick={(next) => setName(String(next))} />
        <Input.Search allowClear value={search} placeholder={t("levels.search")} aria-label={t("levels.search")} onChange={(event) => setSearch(event.target.value)} />
        <Checkbox checked={only} onChange={(event) => setOnly(event.target.checked)}>{t("levels.onlyLimited")}</Checkbox>
        {!disabled && <Choose label={t("levels.bulk", { n: fields.length })} placeholder={t("levels.bulk", { n: fields.length })} value={null} clearable={false} options={LEVELS.map((level) => ({ value: level, text: t(`level.${level}`) }))} onPick={(level) => setAll(level as Level)} />}
      </div>
      <div className={cx(styles["scroll"], styles["narrow"])}>
        <table className={cx(styles["matrix"], styles["levels"])} data-testid="role-fields">
          <thead><tr><th>{t("fields.name")}</th><th>{t("levels.level")}</th><th>{t("levels.unmask")}</th></tr></thead>
          <tbody>{fields.map((field) => <Row key={field.id} type={type} field={field} desk={desk} disabled={disabled} />)}</tbody>
        </table>
      </div>
    </>
  );
}
