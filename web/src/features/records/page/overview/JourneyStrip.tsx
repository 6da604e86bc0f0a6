import { useNavigate } from "@tanstack/react-router";
import { useCatalog } from "@/api/catalog";
import type { JourneyStep } from "@/api/timeline";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { formatCompactMoney, formatDate, localDay } from "@/ui/format";
import { cx } from "@/ui/cx";
import { ObjectMark } from "@/ui/Mark";
import { EVERYTHING, type Narrowing } from "../timeline/model";
import styles from "./Overview.module.css";
import { useJourney } from "./useJourney";

interface Props {
  type: ObjectType;
  id: string;
  value: Narrowing;
  onChange: (next: Narrowing) => void;
}

/** From lead to service: of each step how many, how much, when the last; a click shows only it. */
export function JourneyStrip({ type, id, value, onChange }: Props) {
  const catalog = useCatalog();
  const navigate = useNavigate();
  const { t, say, language } = useSpeech();
  const steps = useJourney(type, id).flatMap((step) => {
    const target = catalog.object(step.object);
    return target ? [{ step, target }] : [];
  });
  if (steps.length === 0) return null;
  const only = ({ object, field }: JourneyStep) => {
    const kind = `record:${object}`;
    // What the timeline does not hold is seen in its own list.
    if (!type.layout.related.some((each) => each.object === object)) return void navigate({ to: "/o/$object", params: { object }, search: { where: { field, op: "eq", value: id } } });
    onChange(value.kinds[0] === kind ? EVERYTHING : { ...EVERYTHING, kinds: [kind] });
  };
  return (
    <div className={styles["journey"]} role="group" aria-label={t("journey.label")} data-testid="journey">
      {steps.map(({ step, target }) => (
        <button key={step.object} type="button" className={cx(styles["step"], step.count === 0 && styles["none"])} disabled={step.count === 0} aria-pressed={value.kinds[0] === `record:${step.object}`} title={t("journey.filter", { name: say(target.label) })} data-testid={`journey-${step.object}`} onClick={() => only(step)}>
          <ObjectMark icon={target.icon} color={target.color} size={20} />
          <span className={styles["stepText"]}>
            <b>{say(target.label)}{step.count > 0 && <span className={styles["count"]}> {step.count.toLocaleString(language)}</span>}</b>
            <small data-volatile>
              {[
                step.count === 0 ? t("journey.none") : "",
                step.amount ? (step.amount.amount === null ? t("value.severalCurrencies") : formatCompactMoney(step.amount, language)) : "",
                step.latest ? t("journey.latest", { at: formatDate(localDay(step.latest), language) }) : "",
                step.days === null ? "" : t("journey.days", { n: step.days }),
              ].filter(Boolean).join(" · ")}
            </small>
          </span>
        </button>
      ))}
    </div>
  );
}
