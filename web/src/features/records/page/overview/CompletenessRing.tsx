import { Popover } from "antd";
import { useState } from "react";
import type { ObjectType, RecordData } from "@/api/types";
import { useSpeech } from "@/messages";
import { completenessOf } from "./completeness";
import styles from "./Overview.module.css";
import { useGrading } from "./useGrading";

const RADIUS = 9;
const AROUND = 2 * Math.PI * RADIUS;

/** How much of what matters is filled in; the list of what is not leads to each field. */
export function CompletenessRing({ type, record, onGo }: { type: ObjectType; record: RecordData; onGo: (field: string) => void }) {
  const { t, say } = useSpeech();
  const required = useGrading(type.api_name, record.id, record.version).data?.completeness.fields ?? [];
  const [open, setOpen] = useState(false);
  if (!type.permissions.update) return null;
  const found = completenessOf(type, required, record);
  if (!found) return null;
  const percent = Math.round(found.share * 100);
  const list = found.missing.length === 0 ? t("complete.all") : (
    <ul className={styles["missing"]} data-testid="missing-fields">
      {found.missing.map((field) => (
        <li key={field.id}><button type="button" onClick={() => { setOpen(false); onGo(field.api_name); }} aria-label={t("complete.go", { name: say(field.label) })}>{say(field.label)}</button></li>
      ))}
    </ul>
  );
  return (
    <Popover open={open} onOpenChange={setOpen} trigger="click" placement="bottomRight" title={found.missing.length ? t("complete.missing", { n: found.missing.length }) : undefined} content={list}>
      <button type="button" className={styles["ring"]} aria-label={t("complete.label", { percent })} title={t("complete.label", { percent })} aria-expanded={open} data-testid="completeness">
        <svg width={24} height={24} viewBox="0 0 24 24" aria-hidden>
          <circle cx={12} cy={12} r={RADIUS} fill="none" stroke="var(--sunken)" strokeWidth={4} />
          <circle cx={12} cy={12} r={RADIUS} fill="none" stroke="var(--accent)" strokeWidth={4} strokeDasharray={`${AROUND * found.share} ${AROUND}`} transform="rotate(-90 12 12)" />
        </svg>
        <span>{percent}%</span>
      </button>
    </Popover>
  );
}
