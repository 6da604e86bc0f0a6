import { useRecordList, useTotals } from "@/features/base/read";
import { useSpeech } from "@/messages";
import { idIn } from "../access/departments";
import { NamedList } from "./NamedList";

/** Positions and how many people fill each. */
export function Positions() {
  const { t } = useSpeech();
  const list = useRecordList("position", { select: ["name"], sort: [{ field: "name", direction: "asc" }], limit: 200 });
  const totals = useTotals("user", { group_by: [{ field: "position" }], measures: [{ fn: "count" }], limit: 500 });
  const counts = new Map(totals.data?.groups.map((group) => [idIn(group.key[0]), Number(group.values[0])]));
  return <NamedList object="position" list={list} hint={t("org.positionsHint")} countOf={(id) => counts.get(id) ?? 0} />;
}
