import { Barcode } from "lucide-react";
import { lazy, Suspense } from "react";
import type { CellProps, FieldUi } from "../contract";
import { lazyConfig } from "../parts/configForm";
import { TextFilter, TextInput } from "../parts/TextInput";
import { plainText } from "../text";

const Drawn = lazy(() => import("./Drawn"));

/** In lists the text alone; on the record's page the code too, so that a scanner reads it from the screen. */
function Cell({ value, field, linked }: CellProps) {
  const text = plainText(value);
  if (!text || !linked) return <>{text}</>;
  return (
    <span style={{ display: "inline-flex", flexDirection: "column", gap: 6, maxWidth: "100%" }}>
      <span style={{ overflowWrap: "anywhere" }}>{text}</span>
      <Suspense fallback={null}>
        <Drawn value={text} format={field.config.format ?? "any"} />
      </Suspense>
    </span>
  );
}

export const barcodeField: FieldUi = { icon: Barcode, width: 150, Cell, Editor: TextInput, Filter: TextFilter, text: plainText, ConfigForm: lazyConfig(() => import("./Config")) };
