import type { Field, ObjectType, ViewConfig, ViewKind } from "@/api/types";
import { choiceFields, imageFields } from "@/features/base/viewKinds";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { cardFieldsOf } from "../board/setting";
import { groupFields } from "../list/lines/groups";
import { BoardDrawnBy } from "./BoardDrawnBy";
import { daysOf, drawnBy } from "./drawing";

type Member = "date_field" | "end_field" | "image_field" | "group_by" | "line_field" | "lane_field" | "blocked_field";

export interface PickProps {
  member: Member;
  label: string;
  fields: Field[];
  clearable: boolean;
  config: ViewConfig;
  onChange: (config: ViewConfig) => void;
}

/** One field that a view is drawn by. */
export function PickField({ member, label, fields, clearable, config, onChange }: PickProps) {
  const { say } = useSpeech();
  const options = fields.map((field) => ({ value: field.api_name, text: say(field.label) }));
  return <FormRow label={label}>{({ id }) => <Choose id={id} value={config[member] ?? null} clearable={clearable} options={options} onPick={(next) => onChange({ ...config, [member]: next as string | null })} />}</FormRow>;
}

/** What a view of a kind is drawn by. */
export function DrawnBy({ type, draft, onChange }: { type: ObjectType; draft: { kind?: ViewKind; config?: ViewConfig }; onChange: (config: ViewConfig) => void }) {
  const { t } = useSpeech();
  const config = drawnBy(type, draft);
  const shared = { config, onChange };
  const ends = daysOf(type).filter((field) => !field.system);
  if (draft.kind === "board") return <><PickField {...shared} member="group_by" label={t("board.groupBy")} fields={choiceFields(type)} clearable={false} /><BoardDrawnBy type={type} {...shared} /></>;
  if (draft.kind === "calendar") return <><PickField {...shared} member="date_field" label={t("calendar.dateField")} fields={daysOf(type)} clearable={false} /><PickField {...shared} member="end_field" label={t("calendar.endField")} fields={ends} clearable /></>;
  if (draft.kind === "timeline")
    return (
      <>
        <PickField {...shared} member="date_field" label={t("timeline.startField")} fields={daysOf(type)} clearable={false} />
        <PickField {...shared} member="end_field" label={t("timeline.endField")} fields={ends} clearable />
        <PickField {...shared} member="group_by" label={t("timeline.groupBy")} fields={groupFields(type)} clearable />
      </>
    );
  if (draft.kind === "split") return <PickField {...shared} member="line_field" label={t("split.lineField")} fields={cardFieldsOf(type)} clearable />;
  if (draft.kind === "gallery" && imageFields(type).length > 0) return <PickField {...shared} member="image_field" label={t("gallery.imageField")} fields={imageFields(type)} clearable={false} />;
  return null;
}
