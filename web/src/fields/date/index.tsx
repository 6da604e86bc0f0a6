import { Skeleton } from "antd";
import { Calendar } from "lucide-react";
import { lazy, Suspense } from "react";
import type { Field } from "@/api/types";
import { useSpeech, type Speech } from "@/messages";
import { formatDate } from "@/ui/format";
import type { CellProps, EditorProps, FieldUi, FilterProps } from "../contract";

const Picker = lazy(() => import("./Picker"));

export function LazyPicker(props: EditorProps & { withTime?: boolean }) {
  return (
    <Suspense fallback={<Skeleton.Input block size="small" />}>
      <Picker {...props} />
    </Suspense>
  );
}

const text = (value: unknown, _field: Field, { language }: Speech) => (typeof value === "string" && value ? formatDate(value.slice(0, 10), language) : "");

function Cell({ value, field }: CellProps) {
  return <>{text(value, field, useSpeech())}</>;
}
export const DateFilter = ({ value, onChange, field, label }: FilterProps) => <LazyPicker value={value} onChange={onChange} field={field} label={label} />;

export const dateField: FieldUi = { icon: Calendar, width: 120, Cell, Editor: LazyPicker, Filter: DateFilter, text };
