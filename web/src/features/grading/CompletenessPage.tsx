import "./words";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { Panel } from "@/ui/Panel";
import { Bone, ErrorState, State } from "@/ui/State";
import styles from "./Grading.module.css";
import { useCompleteness, useLeast, type CompletenessGroup } from "./read";

type Search = { object?: string; by?: string };

/** How much of what matters is filled in, person by person; the emptiest records are one click away. */
export function CompletenessPage() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const types = catalog.navigation;
  const type = types.find((each) => each.api_name === (search.object ?? "account")) ?? types[0];
  const object = type?.api_name ?? "";
  const level = type?.fields.find((field) => field.api_name === "level" && field.type === "single_choice");
  const by = search.by ?? "owner";
  const found = useCompleteness(object, by);
  const [seen, setSeen] = useState<CompletenessGroup | null>(null);
  const go = (change: Search) => void navigate({ to: ".", replace: true, search: ((old: Search) => ({ ...old, ...change })) as never });
  const name = (group: CompletenessGroup) => say(group.label) || t("completeness.nobody");
  if (!type) return <State drawing="rows" title={t("completeness.title")} />;
  const bys = [{ value: "owner", text: t("completeness.owner") }, { value: "department", text: t("completeness.department") }, ...(level ? [{ value: "level", text: say(level.label) }] : [])];
  return (
    <div className={styles["page"]} data-testid="completeness-page">
      <header className={styles["head"]}>
        <div><h1 className={styles["title"]}>{t("completeness.title")}</h1><p className={styles["hint"]}>{t("completeness.hint")}</p></div>
        <div style={{ width: 130 }}><Choose label={t("grading.object")} clearable={false} value={object} options={types.map((each) => ({ value: each.api_name, text: say(each.label) }))} onPick={(next) => go({ object: String(next), by: "owner" })} /></div>
        <div style={{ width: 120 }}><Choose label={t("completeness.by")} clearable={false} value={by} options={bys} onPick={(next) => go({ by: String(next) })} /></div>
      </header>
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Bone height={200} />}
      {found.data && (
        <>
          <p className={styles["hint"]}>{t("completeness.required")}: {found.data.required.fields.map(({ field, weight }) => `${say(type.fields.find((each) => each.api_name === field)?.label) || field}${weight > 1 ? ` ×${weight}` : ""}`).join(t("list.comma"))}{!found.data.required.chosen && ` (${t("completeness.byLayout")})`}</p>
          <div className={styles["wrap"]}>
            <table className={styles["table"]} data-testid="completeness-table">
              <thead><tr><th>{bys.find((each) => each.value === by)?.text}</th><th>{t("completeness.share")}</th><th className={styles["right"]}>{t("completeness.records")}</th><th className={styles["right"]}>{t("completeness.whole")}</th></tr></thead>
              <tbody>
                {found.data.groups.map((group) => {
                  const share = group.required ? Math.floor((group.filled / group.required) * 100) : 0;
                  return (
                    <tr key={group.key ?? ""} data-key={group.key ?? ""}>
                      <td>{by === "owner" && group.key ? <button type="button" className={styles["link"]} onClick={() => setSeen(group)}>{name(group)}</button> : name(group)}</td>
                      <td><span className={styles["share"]}><span className={styles["bar"]}><span style={{ width: `${share}%` }} /></span>{`${share}%`}</span></td>
                      <td className={styles["right"]}>{group.records.toLocaleString()}</td>
                      <td className={styles["right"]}>{group.complete.toLocaleString()}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        </>
      )}
      {seen && <Least object={object} owner={seen.key ?? ""} name={name(seen)} onClose={() => setSeen(null)} />}
    </div>
  );
}

function Least({ object, owner, name, onClose }: { object: string; owner: string; name: string; onClose: () => void }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const found = useLeast(object, owner);
  const label = (field: string) => say(catalog.field(object, field)?.label) || field;
  return (
    <Panel wide title={`${name} · ${t("completeness.least")}`} onClose={onClose}>
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Bone height={120} />}
      {found.data?.records.length === 0 && <State drawing="rows" title={t("completeness.allFilled")} />}
      <ul className={styles["rules"]} data-testid="least-complete">
        {found.data?.records.map((record) => (
          <li key={record.id} className={styles["rule"]}>
            <div className={styles["what"]}>
              <Link to="/o/$object/$id" params={{ object, id: record.id }}>{record.title || "—"}</Link>
              <span className={styles["hint"]}>{t("completeness.missing")}: {record.missing.map(label).join(t("list.comma"))}</span>
            </div>
            <span>{`${Math.floor((record.filled / record.required) * 100)}%`}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
