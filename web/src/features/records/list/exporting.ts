import { useState } from "react";
import { raw } from "@/api/client";
import type { ObjectType, QueryBody } from "@/api/types";
import { useSpeech } from "@/messages";
import { download, nameOf } from "@/ui/copy";
import { localDay } from "@/ui/format";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";

/** Exports the list as it stands, or only chosen records of it. */
export function useExport(type: ObjectType) {
  const { t, say } = useSpeech();
  const [busy, setBusy] = useState(false);
  const run = async (format: "csv" | "xlsx", columns: string[], body: QueryBody, ids?: string[]) => {
    setBusy(true);
    try {
      const scope = ids ? { ids } : { where: body.where ?? null, ...(body.search ? { search: body.search } : {}) };
      const response = await raw("POST", `/records/${type.api_name}/export`, { format, columns, labels: true, ...(body.sort ? { sort: body.sort } : {}), ...scope }, { headers: { Accept: "*/*" } });
      // The server's name carries the mark of who took the file out, and when.
      download(await response.blob(), nameOf(response) ?? `${say(type.label_plural)} ${localDay(new Date())}.${format}`);
      toast(t("list.exported"));
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  return { busy, run };
}
