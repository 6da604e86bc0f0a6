import type { ObjectType } from "@/api/types";
import { addMessages, useSpeech } from "@/messages";
import { grading } from "@/messages/grading";
import { formatDate, localDay } from "@/ui/format";
import { Tag } from "@/ui/Tag";
import styles from "./Overview.module.css";
import type { GradingMark } from "./useGrading";

addMessages(grading);

/** Each value with the rule it comes from; read out whole, shown short. */
export default function MarkList({ type, marks }: { type: ObjectType; marks: GradingMark[] }) {
  const { t, say, language } = useSpeech();
  const day = (moment: string) => formatDate(localDay(moment), language);
  return (
    <ul className={styles["marks"]} aria-label={t("grading.marks")} data-testid="grading-marks">
      {marks.map((mark) => {
        const choice = type.fields.find((field) => field.api_name === mark.field)?.config.choices?.find((each) => each.key === mark.value);
        const why = mark.until ? t("grading.markUntil", { name: mark.rule.label, since: day(mark.since), until: day(mark.until) }) : t("grading.mark", { name: mark.rule.label, since: day(mark.since) });
        return <li key={mark.rule.id}><Tag color={choice?.color ?? "green"}>{say(choice?.label) || mark.value}</Tag><span>{why}</span></li>;
      })}
    </ul>
  );
}
