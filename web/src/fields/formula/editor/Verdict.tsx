import { CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { messages, useSpeech, type MessageKey } from "@/messages";
import { explain } from "@/ui/says";
import { Choose } from "../../parts/Choose";
import { useDesignPlace } from "../../parts/design";
import { useCandidates } from "../../relation/references";
import { failureOf, failureText } from "../result";
import styles from "./Editor.module.css";
import type { Checked, Fault } from "./useCheck";

interface Props {
  id: string;
  object: string | undefined;
  formula: string;
  checked: Checked | undefined;
  waiting: boolean;
  error: unknown;
  record: string | null;
  onRecord: (id: string | null) => void;
  onFix: (fault: Fault, text: string) => void;
  onShow: (fault: Fault) => void;
}

function useShown() {
  const speech = useSpeech();
  return (value: unknown): string => {
    const failed = failureOf(value);
    if (failed) return `# ${failureText(failed, speech)}`;
    if (value === null || value === undefined) return speech.t("value.empty");
    if (typeof value === "boolean") return speech.t(value ? "value.yes" : "value.no");
    return typeof value === "string" ? value : JSON.stringify(value);
  };
}

function Result({ object, checked, record, onRecord }: Pick<Props, "checked" | "record" | "onRecord"> & { object: string }) {
  const { t } = useSpeech();
  const [typed, setTyped] = useState("");
  const { options, loading } = useCandidates(object, typed, true);
  const shown = useShown();
  return (
    <div className={styles["try"]}>
      <Choose label={t("formula.tryOn")} placeholder={t("formula.tryOn")} value={record} options={options} loading={loading} onSearch={setTyped} onPick={(id) => onRecord(id as string | null)} />
      {record && checked && checked.problems.length === 0 && <output className={styles["result"]} aria-label={t("formula.result")} data-testid="formula-result">= {checked.result === undefined ? t("formula.afterPublish") : shown(checked.result)}</output>}
    </div>
  );
}

/** Type or faults of the formula, each fault with its place and, where there is one, a better word to click. */
export function Verdict({ id, object, formula, checked, waiting, error, record, onRecord, onFix, onShow }: Props) {
  const catalog = useCatalog();
  const place = useDesignPlace();
  const { t, say } = useSpeech();
  const typed = (type: string) => (`formula.type.${type}` in messages ? t(`formula.type.${type}` as MessageKey as "formula.type.number") : type);
  const target = checked?.object ? ` ${say(catalog.object(checked.object)?.label)}` : "";
  return (
    <div className={styles["verdict"]}>
      <div id={id} role="status" aria-live="polite" data-testid="formula-verdict">
        {waiting && formula.trim() && <span className={styles["help"]}>{t("formula.checking")}</span>}
        {!waiting && error !== null && <span className={styles["error"]}>{explain(error, t)}</span>}
        {!waiting && checked && checked.problems.length === 0 && <span className={styles["good"]}><CircleCheck size={13} aria-hidden />{t("formula.gives", { type: typed(checked.type ?? "") + target })}</span>}
      </div>
      {!waiting && checked?.problems.map((fault, index) => (
        <p key={index} className={styles["fault"]}>
          <TriangleAlert size={13} aria-hidden />
          <button type="button" className={styles["place"]} onClick={() => onShow(fault)} aria-label={t("formula.show", { n: fault.start + 1 })}>{formula.slice(fault.start, fault.end) || t("formula.at", { n: fault.start + 1 })}</button>
          <span>{fault.message}</span>
          {fault.suggestion && <button type="button" className={styles["fix"]} onClick={() => onFix(fault, fault.suggestion ?? "")}>{t("formula.use", { name: fault.suggestion })}</button>}
        </p>
      ))}
      {object && place?.stands(object) && formula.trim() && <Result object={object} checked={checked} record={record} onRecord={onRecord} />}
    </div>
  );
}
