import { InputNumber } from "antd";
import type { ObjectType, ViewConfig } from "@/api/types";
import { choiceFields } from "@/features/base/viewKinds";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { laneFields } from "../board/lanes";
import { agesOf, blockFields, cardFieldsOf } from "../board/setting";
import { PickField } from "./DrawnBy";
import styles from "./View.module.css";

interface Props {
  type: ObjectType;
  config: ViewConfig;
  onChange: (config: ViewConfig) => void;
}

const MOST_ON_CARD = 4;

function Limits({ type, config, onChange }: Props) {
  const { t, say } = useSpeech();
  const choices = choiceFields(type).find((field) => field.api_name === config.group_by)?.config.choices?.filter((choice) => !choice.archived) ?? [];
  const set = (key: string, limit: number | null) => {
    const { [key]: _old, ...rest } = config.wip ?? {};
    onChange({ ...config, wip: limit ? { ...rest, [key]: limit } : rest });
  };
  return (
    <FormRow label={t("board.limits")}>
      {() => (
        <div className={styles["limits"]}>
          {choices.map((choice) => (
            <label key={choice.key} className={styles["limit"]}>
              <span>{say(choice.label)}</span>
              <InputNumber size="small" min={1} max={100_000} precision={0} aria-label={t("board.limitOf", { name: say(choice.label) })} placeholder={t("board.noLimit")} value={config.wip?.[choice.key] ?? null} onChange={(limit) => set(choice.key, limit)} />
            </label>
          ))}
        </div>
      )}
    </FormRow>
  );
}

/** What a board shows beyond its columns: lanes, marks, the face of its cards, limits and ages. */
export function BoardDrawnBy({ type, config, onChange }: Props) {
  const { t, say } = useSpeech();
  const ages = agesOf(config);
  const setAge = (index: number, days: number | null) => {
    if (days) onChange({ ...config, age_days: ages.map((old, at) => (at === index ? days : old)) });
  };
  const options = cardFieldsOf(type).filter((field) => field.api_name !== config.group_by).map((field) => ({ value: field.api_name, text: say(field.label) }));
  return (
    <>
      <PickField config={config} onChange={onChange} member="lane_field" label={t("board.lanes")} fields={laneFields(type, config.group_by ?? "")} clearable />
      <PickField config={config} onChange={onChange} member="blocked_field" label={t("board.blockedField")} fields={blockFields(type).filter((field) => field.api_name !== config.group_by)} clearable />
      <FormRow label={t("board.cardFields")}>
        {({ id }) => <Choose id={id} many value={config.card_fields ?? []} options={options} onPick={(next) => onChange({ ...config, card_fields: ((next as string[] | null) ?? []).slice(0, MOST_ON_CARD) })} />}
      </FormRow>
      <Limits type={type} config={config} onChange={onChange} />
      <FormRow label={t("board.ages")}>
        {() => <div className={styles["ages"]}>{ages.map((days, index) => <InputNumber key={index} size="small" min={1} max={3650} precision={0} aria-label={t("board.ageStep", { n: index + 1 })} value={days} onChange={(next) => setAge(index, next)} />)}</div>}
      </FormRow>
    </>
  );
}
