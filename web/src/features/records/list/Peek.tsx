import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, ChevronUp, Maximize2, X } from "lucide-react";
import type { ObjectType } from "@/api/types";
import { useRecord } from "@/features/base/read";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { ErrorState } from "@/ui/State";
import { FieldsSkeleton, RecordFields } from "../page/RecordFields";
import { RecordIdentity } from "../page/RecordIdentity";
import { StagePath } from "../page/StagePath";
import styles from "./List.module.css";

interface Props {
  type: ObjectType;
  id: string;
  onClose: () => void;
  onStep: (by: 1 | -1) => void;
}

/** A record beside the list; the list stays in hand and ↑↓ go on moving through it. */
export function Peek({ type, id, onClose, onStep }: Props) {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const record = useRecord(type.api_name, id);
  return (
    <aside className={styles["peek"]} aria-label={t("list.peek", { name: String(record.data?.[type.title_field] ?? "") })} data-testid="peek">
      <header className={styles["peekHead"]}>
        <IconButton label={t("list.previous")} onClick={() => onStep(-1)}><ChevronUp size={15} /></IconButton>
        <IconButton label={t("list.next")} onClick={() => onStep(1)}><ChevronDown size={15} /></IconButton>
        <span style={{ flex: 1 }} />
        <IconButton label={t("list.openPage")} onClick={() => void navigate({ to: "/o/$object/$id", params: { object: type.api_name, id } })}><Maximize2 size={14} /></IconButton>
        <IconButton label={t("action.close")} onClick={onClose}><X size={15} /></IconButton>
      </header>
      <div className={styles["peekBody"]}>
        {record.isError && <ErrorState error={record.error} onRetry={() => void record.refetch()} />}
        {record.isPending && <FieldsSkeleton />}
        {record.data && (
          <>
            <RecordIdentity type={type} record={record.data} />
            <StagePath type={type} record={record.data} />
            <RecordFields type={type} record={record.data} />
          </>
        )}
      </div>
    </aside>
  );
}
