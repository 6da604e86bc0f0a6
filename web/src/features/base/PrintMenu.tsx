import "./printWords";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Printer } from "lucide-react";
import { useState } from "react";
import { api, raw } from "@/api/client";
import { useSpeech } from "@/messages";
import { download, nameOf } from "@/ui/copy";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";

export interface PrintTemplate {
  id: string;
  object: string;
  language: "zh-CN" | "en";
  name: string;
  company: { id: string; label: string | null } | null;
  active: boolean;
  version: number;
}

const formats = ["pdf", "docx"] as const;
export const printTemplatesKey = (object: string) => ["print-templates", object];

/** What an object can be printed by; asked once and kept, settings say when it changed. */
export const usePrintTemplates = (object: string) =>
  useQuery({ queryKey: printTemplatesKey(object), staleTime: Infinity, queryFn: ({ signal }) => api.get<{ templates: PrintTemplate[] }>("/print-templates", { signal, query: { object: object || undefined } }) });

/** Makes a file of a record: which template, language and format is chosen here. Nothing where the object has no template. */
export function PrintMenu({ object, id, wide }: { object: string; id: string; wide?: boolean }) {
  const { t, language } = useSpeech();
  const templates = usePrintTemplates(object).data?.templates.filter((each) => each.active) ?? [];
  const [busy, setBusy] = useState(false);
  const run = async (template: PrintTemplate, format: (typeof formats)[number]) => {
    if (busy) return;
    setBusy(true);
    try {
      // What was chosen by name is printed, not what the server would choose for the document's company.
      const query = { language: template.language, format, template: template.id };
      const response = await raw("GET", `/prints/${object}/${id}`, undefined, { headers: { Accept: "*/*" }, query });
      const name = nameOf(response) ?? `${object}.${format}`;
      download(await response.blob(), name);
      toast(t("print.done", { name }));
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  if (templates.length === 0) return null;
  // One's own language first; the standard one is left out where there is an own one.
  const shown = templates
    .filter((each) => each.version > 0 || !templates.some((other) => other.version > 0 && other.language === each.language && !other.company))
    .sort((a, b) => Number(b.language === language) - Number(a.language === language));
  const entries = formats.flatMap((format) =>
    shown.map((each) => ({
      key: `${each.id} ${each.language} ${format}`,
      label: t("print.entry", { name: each.name || t("print.standard"), language: t(`print.${each.language}`), format: t(`print.${format}`) }),
      disabled: busy,
      onSelect: () => void run(each, format),
    })),
  );
  return (
    <Menu entries={entries}>
      {wide ? <Button icon={<Printer size={14} />} loading={busy} data-testid="print-menu">{t("print.menu")}</Button> : <IconButton label={t("print.menu")}><Printer size={16} /></IconButton>}
    </Menu>
  );
}
