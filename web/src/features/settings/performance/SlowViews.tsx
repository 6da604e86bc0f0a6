import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useSpeech } from "@/messages";
import { Bone, ErrorState, State } from "@/ui/State";
import settings from "../Settings.module.css";
import styles from "./Performance.module.css";
import { keyOf, namesOf, useActs, useSlowViews, type AskedIndex, type SlowView } from "./advisor";

interface Props {
  indexes: AskedIndex[];
}

function Row({ slow, asked, busy, onMake }: { slow: SlowView; asked: boolean; busy: boolean; onMake: () => void }) {
  const { t } = useSpeech();
  return (
    <li className={styles["row"]}>
      <div className={styles["what"]}>
        <Link to="/o/$object" params={{ object: slow.object.name }} search={slow.view.id ? { view: slow.view.id } : {}} className={styles["name"]}>{`${slow.object.label} · ${slow.view.name}`}</Link>
        <p>{slow.words}</p>
        <p className={settings["hint"]}>{slow.fields.length ? t("advisor.suggests", { fields: namesOf(slow.fields) }) : t("advisor.nothing")}</p>
      </div>
      {slow.fields.length > 0 && <Button onClick={onMake} loading={busy} disabled={asked}>{t("advisor.make")}</Button>}
    </li>
  );
}

/** Views whose plan reads or sorts much, with what would help each. */
export function SlowViews({ indexes }: Props) {
  const { t, language } = useSpeech();
  const found = useSlowViews(language);
  const { busy, make } = useActs();
  const asked = new Set(indexes.filter(({ state }) => state !== "failed" && state !== "dropped").map(({ object, fields }) => keyOf(object.name, fields)));
  return (
    <section className={styles["part"]} aria-labelledby="advisor-slow">
      <h3 id="advisor-slow" className={styles["heading"]}>{t("advisor.slow")}</h3>
      <p className={settings["hint"]}>{t("advisor.slowHint")}</p>
      {found.isPending && <Bone width="60%" />}
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.views.length === 0 && <State drawing="rows" title={t("advisor.none")} hint={t("advisor.noneHint", { n: found.data.asked })} />}
      <ul data-testid="advisor-slow">
        {found.data?.views.map((slow) => {
          const key = keyOf(slow.object.name, slow.fields);
          return <Row key={`${slow.object.name} ${slow.view.id ?? ""}`} slow={slow} asked={asked.has(key)} busy={busy === key} onMake={() => void make(slow.object.name, slow.fields)} />;
        })}
      </ul>
    </section>
  );
}
