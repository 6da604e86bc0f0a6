import { Button } from "antd";
import { Download } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { raw } from "@/api/client";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { download } from "@/ui/copy";
import { FormRow } from "@/ui/FormRow";
import { complain } from "@/ui/says";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";

/** What is published, all of it or some objects, as YAML. */
export function ExportFile() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const { set } = useDraft();
  const [objects, setObjects] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const fetchFile = async () => {
    setBusy(true);
    try {
      const response = await raw("GET", "/metadata/configuration", undefined, { query: { objects: objects.length ? objects.join(",") : undefined }, headers: { Accept: "application/yaml" } });
      const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
      download(await response.blob(), name ?? "configuration.yaml");
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  return (
    <section className={styles["box"]} aria-label={t("configuration.export")}>
      <h3>{t("configuration.export")}</h3>
      <FormRow label={t("configuration.objects")} help={t("configuration.objectsHelp")}>{({ id, describedBy }) => <Choose id={id} describedBy={describedBy} many placeholder={t("configuration.all")} value={objects} options={catalog.data.objects.map((type) => ({ value: type.api_name, text: say(type.label) }))} onPick={(next) => setObjects(Array.isArray(next) ? next : [])} />}</FormRow>
      {set && set.operations.length > 0 && <p className={styles["hint"]}>{t("configuration.noDraft")}</p>}
      <Button icon={<Download size={14} />} loading={busy} onClick={() => void fetchFile()}>{t("configuration.download")}</Button>
    </section>
  );
}
