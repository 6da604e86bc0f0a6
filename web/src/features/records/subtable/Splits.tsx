import { useQueryClient } from "@tanstack/react-query";
import { Button, InputNumber } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import type { RecordData } from "@/api/types";
import { Choose } from "@/fields/parts/Choose";
import { useCandidates } from "@/fields/relation/references";
import { addMessages, useSpeech } from "@/messages";
import { forecast } from "@/messages/forecast";
import { compareDecimals, sumDecimals } from "@/ui/decimal";
import { IconButton } from "@/ui/IconButton";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import type { Rows } from "./model";
import styles from "./Splits.module.css";

addMessages(forecast);
type Person = { id: string; label: string | null };
interface Split { key: string; id?: string; person: Person | null; kind: string; share: string | null }

const begin = (records: readonly RecordData[]): Split[] =>
  records.map((each) => ({ key: each.id, id: each.id, person: (each["person"] as Person | null) ?? null, kind: String(each["kind"] ?? "revenue"), share: (each["share"] as string | null) ?? null }));

/** All shares of a deal at once: they are right only together. */
export default function Splits({ rows, records, parent, onClose }: { rows: Rows; records: readonly RecordData[]; parent: string; onClose: () => void }) {
  const { t, say } = useSpeech();
  const client = useQueryClient();
  const [splits, setSplits] = useState(() => begin(records));
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState("");
  const { options, loading } = useCandidates("user", typed, true);
  const kinds = rows.type.fields.find((field) => field.api_name === "kind")?.config.choices ?? [];
  const revenue = splits.filter((split) => split.kind === "revenue");
  const sum = sumDecimals(revenue.map((split) => split.share ?? "0")) ?? "0";
  const right = revenue.length === 0 || compareDecimals(sum, "100") === 0;
  const ready = right && splits.every((split) => split.person && split.share !== null);
  const set = (key: string, change: Partial<Split>) => setSplits((old) => old.map((split) => (split.key === key ? { ...split, ...change } : split)));
  const even = () => {
    const part = Math.floor(10_000 / Math.max(1, revenue.length));
    const share = (index: number) => ((index === 0 ? 10_000 - part * (revenue.length - 1) : part) / 100).toFixed(2);
    setSplits((old) => old.map((split) => (split.kind === "revenue" ? { ...split, share: share(revenue.findIndex((each) => each.key === split.key)) } : split)));
  };
  const save = async () => {
    setBusy(true);
    try {
      await api.put(`/forecasts/splits/${parent}`, { splits: splits.map(({ id, person, kind, share }) => ({ ...(id ? { id } : {}), person: person?.id, kind, share })) });
      await client.invalidateQueries();
      onClose();
    } catch (error) {
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel wide title={t("splits.title")} onClose={onClose} footer={<><span className={styles["sum"]} data-wrong={!right}>{t("splits.sum", { n: sum })}</span><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} disabled={!ready} onClick={() => void save()}>{t("action.save")}</Button></>}>
      <p className={styles["hint"]}>{t("splits.hint")}</p>
      <div data-testid="splits-editor">
        {splits.map((split) => {
          const known = split.person && !options.some((option) => option.value === split.person?.id) ? [{ value: split.person.id, text: split.person.label ?? split.person.id }] : [];
          return (
            <div key={split.key} className={styles["split"]}>
              <Choose label={t("forecast.person")} clearable={false} value={split.person?.id ?? null} options={[...known, ...options]} onSearch={setTyped} loading={loading} onPick={(id) => set(split.key, { person: { id: String(id), label: [...known, ...options].find((option) => option.value === id)?.text ?? null } })} />
              <Choose label={say(rows.type.fields.find((field) => field.api_name === "kind")?.label)} clearable={false} value={split.kind} options={kinds.map((choice) => ({ value: choice.key, text: say(choice.label) }))} onPick={(kind) => set(split.key, { kind: String(kind) })} />
              <InputNumber<string> stringMode aria-label={say(rows.type.fields.find((field) => field.api_name === "share")?.label)} min="0" max="100" precision={2} suffix="%" value={split.share} onChange={(share) => set(split.key, { share })} />
              <IconButton small label={t("action.delete")} onClick={() => setSplits((old) => old.filter((each) => each.key !== split.key))}><Trash2 size={14} /></IconButton>
            </div>
          );
        })}
      </div>
      <div className={styles["tools"]}>
        <Button icon={<Plus size={14} />} onClick={() => setSplits((old) => [...old, { key: `new${old.length} ${Date.now()}`, person: null, kind: "revenue", share: null }])}>{t("splits.add")}</Button>
        {revenue.length > 1 && <Button type="text" onClick={even}>{t("splits.even")}</Button>}
      </div>
    </Panel>
  );
}
