import { Button } from "antd";
import { useSpeech } from "@/messages";
import { formatBytes, formatDateTime, formatNumber } from "@/ui/format";
import { Tag } from "@/ui/Tag";
import settings from "../Settings.module.css";
import styles from "./Performance.module.css";
import { keyOf, namesOf, useActs, type AskedIndex, type UnusedIndex } from "./advisor";

const toneOf = { waiting: "gray", making: "blue", ready: "green", failed: "red", dropping: "gray", dropped: "gray" } as const;

function Progress({ index }: { index: AskedIndex }) {
  const { language } = useSpeech();
  const part = index.progress.part ?? 0;
  const said = `${formatNumber(Math.round(part * 100), language)} %`;
  return <span className={styles["progress"]}><progress max={1} value={part} aria-label={said} />{said}</span>;
}

/** Indexes that administrators asked for here, with how far they are. */
export function Made({ indexes }: { indexes: AskedIndex[] }) {
  const { t } = useSpeech();
  const { busy, make, drop, stop } = useActs();
  return (
    <section className={styles["part"]} aria-labelledby="advisor-made">
      <h3 id="advisor-made" className={styles["heading"]}>{t("advisor.indexes")}</h3>
      {indexes.length === 0 && <p className={settings["hint"]}>{t("advisor.noIndexes")}</p>}
      <ul data-testid="advisor-indexes">
        {indexes.map((index) => (
          <li key={index.id} className={styles["row"]}>
            <div className={styles["what"]}>
              <p className={styles["line"]}><strong>{`${index.object.label} · ${namesOf(index.fields)}`}</strong><Tag color={toneOf[index.state]}>{t(`advisor.state.${index.state}`)}</Tag></p>
              {index.state === "making" && <Progress index={index} />}
              {index.error && <p className={styles["error"]}>{index.error}</p>}
            </div>
            {(index.state === "waiting" || index.state === "making") && <Button type="text" className={styles["act"] ?? ""} loading={busy === index.id} disabled={busy !== null} onClick={() => void stop(index.id)}>{t("advisor.stop")}</Button>}
            {index.state === "ready" && <Button type="text" className={styles["act"] ?? ""} loading={busy === index.id} disabled={busy !== null} onClick={() => void drop(index.id)}>{t("advisor.drop")}</Button>}
            {(index.state === "failed" || index.state === "dropped") && <Button type="text" className={styles["act"] ?? ""} loading={busy === keyOf(index.object.name, index.fields)} disabled={busy !== null} onClick={() => void make(index.object.name, index.fields)}>{t("advisor.again")}</Button>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Indexes that nothing reads by. */
export function Unused({ unused, since, judgedFrom }: { unused: UnusedIndex[]; since: string | null; judgedFrom: string | null }) {
  const { t, language } = useSpeech();
  const { busy, drop, turnOff } = useActs();
  const at = since ? formatDateTime(since, language) : "–";
  const tooEarly = judgedFrom !== null && new Date(judgedFrom) > new Date();
  return (
    <section className={styles["part"]} aria-labelledby="advisor-unused">
      <h3 id="advisor-unused" className={styles["heading"]}>{t("advisor.unused")}</h3>
      <p className={settings["hint"]}>{tooEarly ? t("advisor.tooEarly", { at, from: formatDateTime(judgedFrom, language) }) : unused.length ? t("advisor.unusedHint", { at }) : t("advisor.noUnused")}</p>
      <ul data-testid="advisor-unused">
        {unused.map(({ id, object, fields, size }) => {
          const key = id ?? keyOf(object.name, fields);
          const field = fields[0];
          return (
            <li key={key} className={styles["row"]}>
              <div className={styles["what"]}>
                <p className={styles["line"]}><strong>{`${object.label} · ${namesOf(fields)}`}</strong><span className={styles["size"]}>{formatBytes(size, language)}</span></p>
                {!id && <p className={settings["hint"]}>{t("advisor.ofField")}</p>}
              </div>
              {id && <Button type="text" className={styles["act"] ?? ""} loading={busy === key} disabled={busy !== null} onClick={() => void drop(id)}>{t("advisor.drop")}</Button>}
              {!id && field && <Button type="text" className={styles["act"] ?? ""} loading={busy === key} disabled={busy !== null} onClick={() => void turnOff(object.name, field)}>{t("advisor.turnOff")}</Button>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
