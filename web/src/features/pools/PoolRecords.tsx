import { useNavigate } from "@tanstack/react-router";
import { Button, Checkbox, Input } from "antd";
import { Filter as FilterIcon, Phone } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { Field, RecordData } from "@/api/types";
import { FilterBuilder } from "@/features/base/filters/FilterBuilder";
import { fromFilter, toFilter } from "@/features/base/filters/model";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { useSettled } from "@/ui/hooks";
import { Bone, ErrorState, State } from "@/ui/State";
import { AssignPanel } from "./AssignPanel";
import { phoneOf, type Pool } from "./model";
import styles from "./Pools.module.css";
import { usePoolActions, useWaiting } from "./usePools";

const COLUMNS = { lead: ["company", "city", "source", "industry", "phone", "pooled_at", "pool_reason"], account: ["level", "industry", "city", "phone", "pooled_at", "pool_reason"] } as const;

function useColumns(pool: Pool): { title: string; shown: Field[]; hidden: string } {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const type = catalog.object(pool.applies_to);
  const field = (name: string) => catalog.field(pool.applies_to, name);
  const shown = COLUMNS[pool.applies_to].filter((name) => !pool.hidden.includes(name)).map(field).filter((each) => each !== undefined);
  return { title: type?.title_field ?? "name", shown, hidden: pool.hidden.map((name) => say(field(name)?.label) || name).join(t("list.comma")) };
}

interface RowProps {
  pool: Pool;
  record: RecordData;
  title: string;
  fields: Field[];
  chosen: boolean;
  onChoose: (on: boolean) => void;
  onClaim: (call: boolean) => void;
}

function Row({ pool, record, title, fields, chosen, onChoose, onClaim }: RowProps) {
  const { t, say } = useSpeech();
  const name = String(record[title] ?? "");
  return (
    <li className={styles["row"]} data-testid="pool-record">
      <Checkbox aria-label={t("pools.select", { name })} checked={chosen} onChange={(event) => onChoose(event.target.checked)} />
      <div className={styles["face"]}>
        <strong className={styles["name"]}>{name}</strong>
        <span className={styles["meta"]}>
          {fields.map((field) => {
            const { Cell } = fieldUi(field);
            const value = record[field.api_name];
            return value === null || value === undefined ? null : <span key={field.id}><i>{say(field.label)}</i> <Cell value={value} field={field} /></span>;
          })}
        </span>
      </div>
      <span className={styles["actions"]}>
        {pool.applies_to === "lead" && !pool.approval && <Button size="small" icon={<Phone size={13} />} onClick={() => onClaim(true)}>{t("pools.claimCall")}</Button>}
        <Button size="small" type="primary" onClick={() => onClaim(false)}>{t(pool.approval && !pool.manages ? "pools.claimAsk" : "pools.claim")}</Button>
      </span>
    </li>
  );
}

/** What waits in the pool: found, claimed one by one or together, called at once. */
export function PoolRecords({ pool }: { pool: Pool }) {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const [group, setGroup] = useState(() => fromFilter(null));
  const [filtering, setFiltering] = useState(false);
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [assigning, setAssigning] = useState(false);
  const search = useSettled(typed);
  const waiting = useWaiting(pool.id, search, toFilter(group, catalog.data.operators));
  const actions = usePoolActions(pool, pool.applies_to);
  const { title, shown, hidden } = useColumns(pool);
  const records = waiting.data?.pages.flatMap((page) => page.records) ?? [];
  const picked = records.filter((record) => chosen.has(record.id));
  const count = waiting.data?.pages[0]?.count?.value;
  const nameOf = (record: RecordData) => String(record[title] ?? "");
  const claim = async (list: RecordData[], call = false) => {
    const results = await actions.claim(list, nameOf);
    setChosen(new Set());
    const mine = results?.length === 1 && results[0]?.status === "ok" ? results[0].id : null;
    if (!mine || list.length > 1) return;
    if (call) {
      const phone = phoneOf(await api.get<RecordData>(`/records/${pool.applies_to}/${mine}`));
      if (phone) window.location.assign(`tel:${phone}`);
    }
    void navigate({ to: "/o/$object/$id", params: { object: pool.applies_to, id: mine } });
  };
  const choose = (id: string, on: boolean) => setChosen((old) => new Set(on ? [...old, id] : [...old].filter((each) => each !== id)));
  return (
    <>
      <div className={styles["tools"]}>
        <Input.Search className={styles["search"] ?? ""} allowClear aria-label={t("pools.search")} placeholder={t("pools.search")} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Button icon={<FilterIcon size={14} />} aria-expanded={filtering} onClick={() => setFiltering(!filtering)}>{t("pools.filter")}</Button>
        {count !== undefined && <span className={styles["hint"]} data-testid="pool-count">{t("pools.waiting", { n: count })}</span>}
        <span className={styles["spring"]} />
        {picked.length > 0 && pool.manages && <><Button onClick={() => setAssigning(true)}>{t("pools.assign")}</Button><Button onClick={() => void actions.lock(picked.map((each) => each.id), true)}>{t("pools.lock")}</Button></>}
        {picked.length > 0 && <Button type="primary" onClick={() => void claim(picked)}>{t("pools.claimMany", { n: picked.length })}</Button>}
      </div>
      {filtering && <FilterBuilder object={pool.applies_to} group={group} onChange={setGroup} />}
      {hidden && <p className={styles["hint"]}>{t("pools.hiddenNote", { names: hidden })}</p>}
      {waiting.isError && <ErrorState error={waiting.error} onRetry={() => void waiting.refetch()} />}
      {waiting.isPending && <Bone width="60%" />}
      {waiting.isSuccess && records.length === 0 && <State drawing="rows" title={t(search || group.nodes.length ? "pools.emptyFound" : "pools.empty")} />}
      <ul>{records.map((record) => <Row key={record.id} pool={pool} record={record} title={title} fields={shown} chosen={chosen.has(record.id)} onChoose={(on) => choose(record.id, on)} onClaim={(call) => void claim([record], call)} />)}</ul>
      {waiting.hasNextPage && <Button className={styles["more"] ?? ""} loading={waiting.isFetchingNextPage} onClick={() => void waiting.fetchNextPage()}>{t("pools.more")}</Button>}
      {assigning && <AssignPanel title={t("pools.assign")} onClose={() => setAssigning(false)} onPick={(to) => void actions.assign(picked.map((each) => each.id), to).then(() => setAssigning(false))} />}
    </>
  );
}
