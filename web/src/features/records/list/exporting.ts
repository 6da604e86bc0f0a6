import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, raw } from "@/api/client";
import type { ObjectType, QueryBody } from "@/api/types";
import { useSpeech } from "@/messages";
import { download, nameOf } from "@/ui/copy";
import { localDay } from "@/ui/format";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";

type Format = "csv" | "xlsx";

/** Exports the list as it stands, or only chosen records of it: at once, or written in the background. */
export function useExport(type: ObjectType) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const asked = (format: Format, columns: string[], body: QueryBody, ids?: string[]) => {
    const scope = ids ? { ids } : { where: body.where ?? null, ...(body.search ? { search: body.search } : {}) };
    return { format, columns, labels: true, ...(body.sort ? { sort: body.sort } : {}), ...scope };
  };
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  const run = (format: Format, columns: string[], body: QueryBody, ids?: string[]) =>
    attempt(async () => {
      const response = await raw("POST", `/records/${type.api_name}/export`, asked(format, columns, body, ids), { headers: { Accept: "*/*" } });
      // The server's name carries the mark of who took the file out, and when.
      download(await response.blob(), nameOf(response) ?? `${say(type.label_plural)} ${localDay(new Date())}.${format}`);
      toast(t("list.exported"));
    });
  /** The worker writes the file; its maker is told in the inbox. */
  const later = (format: Format, columns: string[], body: QueryBody, ids?: string[]) =>
    attempt(async () => {
      await api.post(`/records/${type.api_name}/exports`, asked(format, columns, body, ids));
      toast(t("list.exportAsked"), { action: { label: t("exports.title"), run: () => void navigate({ to: "/exports" }) } });
    });
  return { busy, run, later };
}
