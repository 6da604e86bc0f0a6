import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { Copy } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { messages, useSpeech, type MessageKey } from "@/messages";
import { copyText } from "@/ui/copy";
import { formatDateTime, formatNumber } from "@/ui/format";
import { IconButton } from "@/ui/IconButton";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import settings from "../Settings.module.css";
import { auditKeys, type Seals, type Verdict } from "./audit";
import styles from "./Audit.module.css";

function Check() {
  const { t } = useSpeech();
  const [head, setHead] = useState("");
  const [busy, setBusy] = useState(false);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const run = async () => {
    setBusy(true);
    setVerdict(null);
    try {
      setVerdict(await api.post<Verdict>("/audit/verify", head.trim() ? { head: head.trim() } : {}));
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  const key = `audit.fault.${verdict?.fault ?? ""}` as MessageKey;
  const fault = key in messages ? t(key as "audit.fault.changed") : (verdict?.fault ?? "");
  return (
    <div className={styles["box"]}>
      <div className={styles["bar"]}>
        <Input className={styles["grow"] ?? ""} aria-label={t("audit.expected")} placeholder={t("audit.expected")} value={head} onChange={(event) => setHead(event.target.value)} />
        <Button type="primary" loading={busy} onClick={() => void run()}>{t("audit.verify")}</Button>
      </div>
      {verdict && (
        <p className={styles["verdict"]} role="status" data-tone={verdict.intact ? "good" : "bad"} data-testid="audit-verdict">
          {verdict.intact ? t("audit.intact", { seals: verdict.seals, entries: verdict.entries }) : [t("audit.broken", { seq: verdict.seq ?? "—", fault }), verdict.entry ?? verdict.file].filter(Boolean).join(" · ")}
        </p>
      )}
    </div>
  );
}

/** The chain: its head to keep elsewhere, the check, the newest seals. */
export function SealState() {
  const { t, language } = useSpeech();
  const found = useQuery({ queryKey: auditKeys.seals, queryFn: () => api.get<Seals>("/audit/seals"), refetchInterval: 5_000 });
  const state = found.data;
  if (found.isError) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (!state) return <Bone width="60%" />;
  return (
    <>
      <div className={styles["box"]}>
        <h3 className={styles["heading"]}>{t("audit.head")}</h3>
        {state.head ? <p className={styles["hash"]}>{state.head} <IconButton small label={t("action.copy")} onClick={() => void copyText(state.head ?? "")}><Copy size={13} /></IconButton></p> : <p>{t("audit.noSeal")}</p>}
        <p className={settings["hint"]}>{t("audit.headHint")}</p>
        <p className={settings["hint"]}>{t("audit.waiting", { n: state.waiting })}</p>
      </div>
      <Check />
      {state.seals.length > 0 && (
        <div className={settings["wrap"]}>
          <table className={settings["table"]} data-testid="audit-seals">
            <thead><tr><th>{t("audit.sealNumber")}</th><th>{t("audit.when")}</th><th>{t("audit.sealCount")}</th><th>{t("audit.sealHash")}</th></tr></thead>
            <tbody>{state.seals.map((seal) => <tr key={seal.seq}><td>{formatNumber(seal.seq, language)}</td><td className={styles["time"]}>{formatDateTime(seal.at, language)}</td><td>{formatNumber(seal.count, language)}</td><td className={styles["hash"]}>{seal.hash.slice(0, 16)}…</td></tr>)}</tbody>
          </table>
        </div>
      )}
    </>
  );
}
