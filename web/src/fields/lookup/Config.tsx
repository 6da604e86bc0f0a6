import { useCatalog } from "@/api/catalog";
import type { Field } from "@/api/types";
import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { PickRow, WholeRow } from "../parts/ConfigRows";
import { useDesignPlace } from "../parts/design";

const HOPS = 3;
const UNREAD = new Set(["button", "sub_table", "encrypted", "identifier", "row_version"]);

/** The way to a value along relations, a step at a time: each relation chosen opens the fields beyond it. */
export default function LookupConfig({ config, onChange, errors }: ConfigProps) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const place = useDesignPlace();
  const steps = (config.path ?? "").split(".").filter(Boolean);
  const rows: { object: string; value: string | null; fields: Field[] }[] = [];
  let at: string | undefined = place?.object;
  for (let depth = 0; at && depth <= HOPS; depth += 1) {
    const value: string | null = steps[depth] ?? null;
    const all = catalog.object(at)?.fields ?? [];
    // The first step is a relation; the last one any value; between them either.
    const fields = all.filter((field) => (catalog.target(field) !== undefined ? depth < HOPS : depth > 0 && !UNREAD.has(field.type)));
    rows.push({ object: at, value, fields });
    const field: Field | undefined = value ? catalog.field(at, value) : undefined;
    at = field ? catalog.target(field) : undefined;
  }
  const pick = (depth: number, name: string | null) => onChange({ ...config, path: [...steps.slice(0, depth), ...(name ? [name] : [])].join(".") });
  return (
    <>
      {rows.map((row, depth) => (
        <PickRow
          key={depth} value={row.value} error={depth === rows.length - 1 ? errors["path"] : undefined}
          label={depth === 0 ? t("lookup.relation") : t("lookup.value", { label: say(catalog.object(row.object)?.label) })}
          options={row.fields.map((field) => ({ value: field.api_name, text: say(field.label) + (catalog.target(field) ? " \u203a" : "") }))}
          onChange={(name) => pick(depth, name)}
        />
      ))}
      <WholeRow label={t("fields.scale")} value={config.scale ?? 2} error={errors["scale"]} onChange={(scale) => onChange({ ...config, scale: scale ?? 0 })} />
    </>
  );
}
