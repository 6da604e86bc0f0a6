import { useQuery } from "@tanstack/react-query";
import { Button, InputNumber, Segmented } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { toast } from "@/ui/toast";
import { useRefresh } from "./read";

type Names = Record<"amount" | "won_amount" | "close_date" | "stage" | "category" | "probability", string>;
interface ForecastSettings extends Names { period: "month" | "quarter"; fiscal_start: number; weekday: number; weeks_kept: number; object: string; version: number }

const TYPES: Record<keyof Names, string[]> = { amount: ["currency"], won_amount: ["currency"], close_date: ["date"], stage: ["single_choice"], category: ["single_choice"], probability: ["percent", "number"] };
// A year that begins on a Monday, so that its days are those of a week.
const monday = (index: number) => new Date(2024, 0, 1 + index);

/** How the workspace forecasts: periods, snapshots, and which fields of a deal are what. */
export default function SettingsPanel({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const found = useQuery({ queryKey: ["forecast", "settings"], staleTime: 0, gcTime: 0, queryFn: ({ signal }) => api.get<ForecastSettings>("/forecasts/settings", { signal }) });
  if (found.data) return <Form begin={found.data} onClose={onClose} />;
  return <Panel title={t("forecast.settings")} onClose={onClose}>{found.isError ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : <Bone height={160} />}</Panel>;
}

function Form({ begin, onClose }: { begin: ForecastSettings; onClose: () => void }) {
  const catalog = useCatalog();
  const { t, say, language } = useSpeech();
  const refresh = useRefresh();
  const [draft, setDraft] = useState(begin);
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<ForecastSettings>) => setDraft((old) => ({ ...old, ...change }));
  const fields = catalog.object(draft.object)?.fields ?? [];
  const label = (name: keyof Names) => (name === "amount" ? t("forecast.amount") : name === "category" ? t("forecast.category") : t(`forecast.settings.${name}`));
  const save = async () => {
    setBusy(true);
    try {
      await api.put("/forecasts/settings", draft);
      toast(t("state.saved"));
      await refresh();
      onClose();
    } catch (error) {
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel title={t("forecast.settings")} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} onClick={() => void save()}>{t("action.save")}</Button></>}>
      <FormRow label={t("forecast.settings.period")}>{() => <span><Segmented aria-label={t("forecast.settings.period")} value={draft.period} options={(["month", "quarter"] as const).map((kind) => ({ value: kind, label: t(`forecast.${kind}`) }))} onChange={(period) => set({ period })} /></span>}</FormRow>
      <FormRow label={t("forecast.settings.fiscal")}>{({ id }) => <Choose id={id} label={t("forecast.settings.fiscal")} clearable={false} value={String(draft.fiscal_start)} options={Array.from({ length: 12 }, (_, index) => ({ value: String(index + 1), text: new Intl.DateTimeFormat(language, { month: "long" }).format(new Date(2024, index, 1)) }))} onPick={(month) => set({ fiscal_start: Number(month) })} />}</FormRow>
      <FormRow label={t("forecast.settings.weekday")}>{({ id }) => <Choose id={id} label={t("forecast.settings.weekday")} clearable={false} value={String(draft.weekday)} options={Array.from({ length: 7 }, (_, index) => ({ value: String(index), text: new Intl.DateTimeFormat(language, { weekday: "long" }).format(monday(index)) }))} onPick={(day) => set({ weekday: Number(day) })} />}</FormRow>
      <FormRow label={t("forecast.settings.weeks")}>{({ id }) => <InputNumber id={id} min={4} max={520} precision={0} value={draft.weeks_kept} onChange={(weeks) => weeks !== null && set({ weeks_kept: weeks })} />}</FormRow>
      <h3>{t("forecast.settings.fields")}</h3>
      {(Object.keys(TYPES) as (keyof Names)[]).map((name) => (
        <FormRow key={name} label={label(name)}>{({ id }) => <Choose id={id} label={label(name)} clearable={false} value={draft[name]} options={fields.filter((field) => TYPES[name].includes(field.type)).map((field) => ({ value: field.api_name, text: say(field.label) }))} onPick={(next) => set({ [name]: String(next) })} />}</FormRow>
      ))}
    </Panel>
  );
}
