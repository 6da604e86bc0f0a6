import { Skeleton } from "antd";
import { MapPinHouse } from "lucide-react";
import { lazy, Suspense } from "react";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import { lazyConfig } from "../parts/configForm";
import { TextFilter } from "../parts/TextInput";
import { addressText, isAddress } from "./parts";

const Form = lazy(() => import("./Form"));

function Cell({ value, linked }: CellProps) {
  const postal = linked && isAddress(value) ? value.postal_code : null;
  return <>{addressText(value)}{postal && <span style={{ color: "var(--muted)", marginInlineStart: 8 }}>{postal}</span>}</>;
}

const Editor = (props: EditorProps) => (
  <Suspense fallback={<Skeleton.Input block size="small" />}>
    <Form {...props} />
  </Suspense>
);

/** What the server makes of the parts is left out: the line is its own. */
const toWrite = (value: unknown) => {
  if (!isAddress(value)) return value ?? null;
  const { text: _, ...parts } = value;
  return parts;
};

export const addressField: FieldUi = { icon: MapPinHouse, width: 240, Cell, Editor, Filter: TextFilter, text: addressText, toWrite, multiline: true, ConfigForm: lazyConfig(() => import("./Config")) };
