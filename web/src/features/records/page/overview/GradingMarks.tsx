import { lazy, Suspense } from "react";
import type { ObjectType, RecordData } from "@/api/types";
import { useGrading } from "./useGrading";

const MarkList = lazy(() => import("./MarkList"));

/** What rules have set of this record, with since when and until when; nothing where no rule holds. */
export function GradingMarks({ type, record }: { type: ObjectType; record: RecordData }) {
  const marks = useGrading(type.api_name, record.id, record.version).data?.marks.filter((mark) => mark.placed) ?? [];
  return marks.length > 0 ? <Suspense fallback={null}><MarkList type={type} marks={marks} /></Suspense> : null;
}
