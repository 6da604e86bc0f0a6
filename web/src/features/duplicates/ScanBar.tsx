import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import styles from "./Duplicates.module.css";
import { isRunning, useScan } from "./model";

/** Compares the whole base: starts it, shows how far it is, stops it. */
export function ScanBar({ object }: { object: string }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const may = useCatalog().object(object)?.permissions.bulk;
  const scan = useScan(object);
  const running = isRunning(scan.data);
  const result = scan.data?.result;
  const act = async (work: () => Promise<unknown>) => {
    await work().catch((error: unknown) => complain(error, t));
    await client.invalidateQueries({ queryKey: ["duplicate-scan", object] });
  };
  if (!may) return null;
  return (
    <div className={styles["bar"]} data-testid="duplicate-scan">
      {running ? <Button size="small" onClick={() => void act(() => api.delete("/duplicates/scan", { query: { object } }))}>{t("dup.scanStop")}</Button> : <Button size="small" onClick={() => void act(() => api.post("/duplicates/scan", { object }))}>{t("dup.scan")}</Button>}
      <span className={styles["meta"]} role="status">
        {running && t("dup.scanRunning", { phase: t(`dup.phase.${scan.data?.progress.phase ?? "waiting"}`) })}
        {scan.data?.state === "done" && t("dup.scanDone", { rows: result?.rows ?? 0, pairs: result?.pairs ?? 0, seconds: result?.seconds ?? 0 })}
        {scan.data?.state === "failed" && t("dup.scanFailed")}
      </span>
    </div>
  );
}
