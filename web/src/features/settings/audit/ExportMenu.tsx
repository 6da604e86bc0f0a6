import { Button } from "antd";
import { Download } from "lucide-react";
import { useState } from "react";
import { raw } from "@/api/client";
import { useSpeech } from "@/messages";
import { download, nameOf } from "@/ui/copy";
import { localDay } from "@/ui/format";
import { Menu } from "@/ui/Menu";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import type { AuditFilters } from "./audit";

const formats = ["xlsx", "pdf", "csv"] as const;

/** Takes what is filtered as a file; the server writes down that it was taken. */
export function ExportMenu({ filters }: { filters: AuditFilters }) {
  const { t } = useSpeech();
  const [busy, setBusy] = useState(false);
  const run = async (format: (typeof formats)[number]) => {
    setBusy(true);
    try {
      const response = await raw("POST", "/audit/export", { ...filters, format }, { headers: { Accept: "*/*" } });
      download(await response.blob(), nameOf(response) ?? `${t("settings.audit")} ${localDay(new Date())}.${format}`);
      toast(t("audit.exported"));
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  return (
    <Menu entries={formats.map((format) => ({ key: format, label: format.toUpperCase(), onSelect: () => void run(format) }))}>
      <Button icon={<Download size={14} />} loading={busy}>{t("audit.export")}</Button>
    </Menu>
  );
}
