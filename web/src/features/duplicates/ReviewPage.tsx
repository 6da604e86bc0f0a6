import { useNavigate, useSearch } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useState, type KeyboardEvent } from "react";
import { api } from "@/api/client";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { Bone, ErrorState, State } from "@/ui/State";
import { toast } from "@/ui/toast";
import { AcceptAbove } from "./AcceptAbove";
import styles from "./Duplicates.module.css";
import { useMergeable, usePairs, type Pair, type PairState } from "./model";
import { PairRow } from "./PairRow";
import { ScanBar } from "./ScanBar";
import { DuplicatesFrame } from "./Tabs";

/** Decisions about one pair, by button or key. */
function useDecide(object: string) {
  const client = useQueryClient();
  const { t } = useSpeech();
  return async (pair: Pair, state: PairState) => {
    try {
      await api.put(`/duplicates/pairs/${pair.id}`, { state });
      if (state !== "open") toast(t(state === "different" ? "dup.saidDifferent" : "dup.saidLater"), { action: { label: t("action.undo"), run: () => void api.put(`/duplicates/pairs/${pair.id}`, { state: "open" }).then(() => client.invalidateQueries({ queryKey: ["duplicate-pairs", object] })).catch((error: unknown) => complain(error, t)) } });
    } catch (error) {
      complain(error, t);
    }
    await client.invalidateQueries({ queryKey: ["duplicate-pairs", object] });
  };
}

/** Pairs that wait for somebody's decision, the surest first. */
export function ReviewPage() {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const types = useMergeable();
  const search = useSearch({ strict: false });
  const object = types.some((type) => type.api_name === search.object) ? (search.object ?? "") : (types.find((type) => type.api_name === "account") ?? types[0])?.api_name ?? "";
  const [state, setState] = useState<PairState>("open");
  const [at, setAt] = useState(0);
  const pairs = usePairs(object, state);
  const decide = useDecide(object);
  const shown = pairs.data?.pairs ?? [];
  const merge = (pair: Pair) => void navigate({ to: "/duplicates/merge", search: { object, ids: `${pair.record.id},${pair.other.id}` } });
  const onKey = (event: KeyboardEvent) => {
    const pair = shown[at];
    const key = event.key.toLowerCase();
    if (key === "arrowdown" || key === "arrowup") {
      event.preventDefault();
      return setAt(Math.max(0, Math.min(shown.length - 1, at + (key === "arrowdown" ? 1 : -1))));
    }
    if (!pair || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "m" && pair.object === pair.other_object) merge(pair);
    if (key === "n") void decide(pair, "different");
    if (key === "l") void decide(pair, "later");
  };
  return (
    <DuplicatesFrame hint={t("dup.reviewHint")}>
      <div className={styles["bar"]}>
        <div><Choose label={t("dup.object")} value={object} clearable={false} options={types.map((type) => ({ value: type.api_name, text: say(type.label_plural) }))} onPick={(next) => void navigate({ to: "/duplicates/review", search: { object: next as string } })} /></div>
        <Segmented value={state} options={(["open", "later", "different"] as const).map((value) => ({ value, label: t(`dup.filter.${value}`) }))} onChange={(next) => { setState(next); setAt(0); }} />
        <span className={styles["gap"]} />
        {pairs.data && <span className={styles["meta"]}>{t("dup.reviewTotal", { n: pairs.data.total })}</span>}
      </div>
      {object && <ScanBar object={object} />}
      {object && state === "open" && shown.length > 0 && <AcceptAbove object={object} />}
      {pairs.isError && <ErrorState error={pairs.error} onRetry={() => void pairs.refetch()} />}
      {pairs.isPending && <Bone width="60%" />}
      {pairs.data && shown.length === 0 && <State drawing="rows" title={t("dup.reviewEmpty")} />}
      <div role="listbox" tabIndex={0} aria-label={t("dup.tab.review")} data-testid="duplicate-pairs" onKeyDown={onKey}>
        {shown.map((pair, index) => <PairRow key={pair.id} pair={pair} state={state} selected={index === at} onSelect={() => setAt(index)} onMerge={() => merge(pair)} onDecide={(next) => void decide(pair, next)} />)}
      </div>
    </DuplicatesFrame>
  );
}
