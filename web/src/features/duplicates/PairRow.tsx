import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useSpeech } from "@/messages";
import { Tag } from "@/ui/Tag";
import styles from "./Duplicates.module.css";
import type { Pair, PairState } from "./model";

interface Props {
  pair: Pair;
  state: PairState;
  selected: boolean;
  onSelect: () => void;
  onMerge: () => void;
  onDecide: (state: PairState) => void;
}

/** Two records side by side, why they may be one, and what may be done. */
export function PairRow({ pair, state, selected, onSelect, onMerge, onDecide }: Props) {
  const { t, say } = useSpeech();
  const why = pair.reasons.map((reason) => (reason.same ? t(`dup.same.${reason.same}`) : say(reason.rule)));
  return (
    <div className={styles["row"]} role="option" aria-selected={selected} onClick={onSelect}>
      <div className={styles["face"]}>
        <div className={styles["pair"]}>
          <Link className={styles["name"]} to="/o/$object/$id" params={{ object: pair.object, id: pair.record.id }}>{pair.record.title}</Link>
          <Link className={styles["name"]} to="/o/$object/$id" params={{ object: pair.other_object, id: pair.other.id }}>{pair.other.title}</Link>
        </div>
        <div className={styles["meta"]}><Tag color={pair.score >= 0.9 ? "red" : "amber"}>{t("dup.score", { score: Math.floor(pair.score * 100) })}</Tag> {[...why, t(`dup.source.${pair.source}`)].join(" · ")}</div>
      </div>
      <div className={styles["actions"]}>
        {pair.object === pair.other_object && state !== "different" && <Button size="small" type="primary" onClick={onMerge}>{t("dup.merge")}</Button>}
        {state === "open" ? (
          <>
            <Button size="small" onClick={() => onDecide("different")}>{t("dup.different")}</Button>
            <Button size="small" type="text" onClick={() => onDecide("later")}>{t("dup.later")}</Button>
          </>
        ) : (
          <Button size="small" onClick={() => onDecide("open")}>{t("dup.backToOpen")}</Button>
        )}
      </div>
    </div>
  );
}
