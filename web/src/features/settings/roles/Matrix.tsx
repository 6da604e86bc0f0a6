import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import { ACTIONS, EVERY_OBJECT, SCOPES, type Action, type Grant, type Scope } from "@/api/access";
import { useCatalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { ObjectMark } from "@/ui/Mark";
import { GrantPanel } from "./GrantPanel";
import { MatrixBar, type MatrixView } from "./MatrixBar";
import { changedGrant, grantOf, plainGrant, sameGrant, withGrant } from "./model";
import styles from "./Roles.module.css";
import { ScopeSelect } from "./ScopeSelect";
import { useRole, type RoleDesk } from "./useRoleDraft";

interface Line {
  object: string;
  name: string;
  type: ObjectType | null;
}
interface Asked extends Line {
  action: Action;
  scope: "departments" | "filter";
}
interface RowProps {
  line: Line;
  desk: RoleDesk;
  compared: RoleDesk["draft"]["grants"] | null;
  comparedName: string;
  disabled: boolean;
  onAsk: (asked: Asked) => void;
}

function Row({ line, desk, compared, comparedName, disabled, onAsk }: RowProps) {
  const { t } = useSpeech();
  const { draft, base, changes } = desk;
  const { object, name, type } = line;
  const set = (action: Action, grant: Grant | null) => desk.setDraft((old) => withGrant(old, object, action, grant));
  const setAll = (scope: string) =>
    desk.setDraft((old) => ACTIONS.reduce((next, action) => withGrant(next, object, action, scope === "follow" ? null : plainGrant(scope as Scope)), old));
  const says = (grant: Grant | null) => t(`scope.${grant?.scope ?? "none"}`);
  return (
    <tr data-every={object === EVERY_OBJECT}>
      <th scope="row">
        <span className={styles["object"]}>{type && <ObjectMark icon={type.icon} color={type.color} size={20} />}<span>{name}{!type && <small>{t("matrix.everyHint")}</small>}</span></span>
      </th>
      {ACTIONS.map((action) => {
        const { grant, own } = grantOf(draft.grants, object, action);
        const there = compared ? grantOf(compared, object, action).grant : null;
        const differs = compared !== null && !sameGrant(grant, there);
        const changed = changedGrant(changes, object, action);
        const title = differs ? t("matrix.there", { name: comparedName, scope: says(there) }) : changed ? t("matrix.was", { scope: says(grantOf(base.grants, object, action).grant) }) : says(grant);
        return (
          <td key={action}>
            <ScopeSelect
              object={object} label={t("matrix.cell", { name, action: t(`access.${action}`) })} grant={grant} own={own} inherited={draft.grants[EVERY_OBJECT]?.[action] ?? null}
              mark={changed ? "changed" : differs ? "differs" : undefined} title={title} disabled={disabled} onPick={(next) => set(action, next)} onDetails={(scope) => onAsk({ ...line, action, scope })}
            />
          </td>
        );
      })}
      <td>
        {!disabled && (
          <select className={styles["whole"]} aria-label={t("matrix.rowOf", { name })} value="" onChange={(event) => setAll(event.target.value)}>
            <option value="" disabled>{t("matrix.row")}</option>
            {type && <option value="follow">{t("matrix.every")}</option>}
            {SCOPES.filter((scope) => scope !== "departments" && scope !== "filter").map((scope) => <option key={scope} value={scope}>{t(`scope.${scope}`)}</option>)}
          </select>
        )}
      </td>
    </tr>
  );
}

/** Objects by actions; what an object does not say itself follows the first row. */
export function Matrix({ desk, roleKey, disabled }: { desk: RoleDesk; roleKey: string; disabled: boolean }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const [view, setView] = useState<MatrixView>({ search: "", only: false, compare: null });
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Asked | null>(null);
  const other = useRole(view.compare ?? "", view.compare !== null).data;
  const compared = view.compare && other ? other.grants : null;
  const { draft } = desk;

  const apart = (object: string) =>
    compared ? ACTIONS.some((action) => !sameGrant(grantOf(draft.grants, object, action).grant, grantOf(compared, object, action).grant)) : draft.grants[object] !== undefined;
  const lines = [...catalog.data.objects]
    .sort((a, b) => a.position - b.position)
    .map((type): Line & { type: ObjectType } => ({ object: type.api_name, name: say(type.label), type }))
    .filter((line) => `${line.name} ${line.object}`.toLowerCase().includes(view.search.trim().toLowerCase()) && (!view.only || apart(line.object)));
  const groups = [
    { key: "business", name: t("matrix.business"), lines: lines.filter((line) => line.type.kind !== "system") },
    { key: "system", name: t("matrix.system"), lines: lines.filter((line) => line.type.kind === "system") },
  ].filter((group) => group.lines.length > 0);
  const toggle = (key: string) => setClosed((old) => new Set(old.has(key) ? [...old].filter((each) => each !== key) : [...old, key]));
  const row = (line: Line) => <Row key={line.object} line={line} desk={desk} compared={compared} comparedName={say(other?.label)} disabled={disabled} onAsk={setAsked} />;
  return (
    <>
      <MatrixBar view={view} onView={setView} desk={desk} roleKey={roleKey} disabled={disabled} />
      <div className={styles["scroll"]}>
        <table className={styles["matrix"]} data-testid="role-matrix">
          <thead><tr><th>{t("matrix.object")}</th>{ACTIONS.map((action) => <th key={action} scope="col">{t(`access.${action}`)}</th>)}<th><span className="sr-only">{t("matrix.row")}</span></th></tr></thead>
          <tbody>{row({ object: EVERY_OBJECT, name: t("matrix.every"), type: null })}</tbody>
          {groups.map((group) => (
            <tbody key={group.key}>
              <tr className={styles["group"]}>
                <th colSpan={ACTIONS.length + 2}>
                  <button type="button" aria-expanded={!closed.has(group.key)} onClick={() => toggle(group.key)}>{closed.has(group.key) ? <ChevronRight size={13} aria-hidden /> : <ChevronDown size={13} aria-hidden />}{group.name} <small>{group.lines.length}</small></button>
                </th>
              </tr>
              {!closed.has(group.key) && group.lines.map(row)}
            </tbody>
          ))}
        </table>
        {groups.length === 0 && <p className={styles["hint"]}>{t("matrix.none")}</p>}
      </div>
      {asked && (
        <GrantPanel
          title={t("grant.title", { name: asked.name, action: t(`access.${asked.action}`) })} object={asked.object} scope={asked.scope} grant={grantOf(draft.grants, asked.object, asked.action).grant}
          onClose={() => setAsked(null)}
          onDone={(grant) => {
            desk.setDraft((old) => withGrant(old, asked.object, asked.action, grant));
            setAsked(null);
          }}
        />
      )}
    </>
  );
}
