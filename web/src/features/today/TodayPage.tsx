import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useSession } from "@/api/session";
import { useTeam } from "@/features/base/team";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { Bone, ErrorState, State } from "@/ui/State";
import { byReason, keyOf, type TodayData } from "./model";
import { Team } from "./Team";
import styles from "./Today.module.css";
import { TodayRow } from "./TodayRow";
import { useToday, useTodayActions } from "./useToday";

const ROUND = 2 * Math.PI * 19;

/** A small ring for the day: what is done of what there was. */
function Ring({ done, left }: { done: number; left: number }) {
  const { t } = useSpeech();
  const share = done + left === 0 ? 1 : done / (done + left);
  return (
    <svg className={styles["ring"]} viewBox="0 0 44 44" role="img" aria-label={t("today.progress", { done, left })}>
      <circle className={styles["track"]} cx="22" cy="22" r="19" />
      <circle className={styles["part"]} cx="22" cy="22" r="19" strokeDasharray={ROUND} strokeDashoffset={ROUND * (1 - share)} transform="rotate(-90 22 22)" />
    </svg>
  );
}

function Items({ data, mine }: { data: TodayData; mine: boolean }) {
  const { t, say } = useSpeech();
  const actions = useTodayActions();
  return (
    <>
      {data.items.length === 0 && <State drawing="rows" title={t("today.empty")} hint={t("today.emptyHint")} />}
      {byReason(data.items).map(([reason, items]) => (
        <section key={reason} className={styles["group"]} aria-label={say(data.reasons[reason])}>
          <h2>{say(data.reasons[reason])}<span>{items.length}{data.more.includes(reason) && "+"}</span></h2>
          <ul>{items.map((item) => <TodayRow key={keyOf(item)} item={item} actions={mine ? actions : null} />)}</ul>
        </section>
      ))}
      {data.more.length > 0 && <p className={styles["hint"]}>{t("today.more")}</p>}
      {data.done > 0 && <p className={styles["done"]} data-testid="today-done">{t("today.doneToday", { n: data.done })}{data.snoozed > 0 && ` · ${t("today.snoozed", { n: data.snoozed })}`}</p>}
    </>
  );
}

function Waiting() {
  return <div aria-busy>{[0, 1, 2, 3, 4].map((row) => <div key={row} className={styles["item"]}><Bone width={24} height={24} /><Bone width={`${70 - row * 8}%`} /></div>)}</div>;
}

/** What to do now and why: a list to finish. Whoever leads people sees how much waits for them. */
export function TodayPage({ children }: { children?: ReactNode }) {
  const { t, language } = useSpeech();
  const { user } = useSession();
  const navigate = useNavigate();
  const { team: showsTeam, person } = useSearch({ strict: false }) as { team?: string; person?: string };
  const team = useTeam(true);
  const leads = (team.data?.people.length ?? 0) > 0;
  const today = useToday(person);
  const who = team.data?.people.find((each) => each.id === person)?.label;
  const day = new Intl.DateTimeFormat(language, { weekday: "long", month: "long", day: "numeric" }).format(new Date());
  const go = (search: { team?: string; person?: string }) => void navigate({ to: "/today", search });
  return (
    <div className={styles["page"]}>
      <div className={styles["inner"]} data-testid="today">
        {children}
        <header className={styles["head"]}>
          <div><h1 className={styles["title"]}>{person ? t("today.of", { name: who ?? "" }) : t("nav.today")}</h1><p className={styles["hint"]} data-volatile>{day} · {user.name}</p></div>
          {today.data && !showsTeam && !person && <><span className={styles["hint"]}>{t("today.left", { n: today.data.items.length })}</span><Ring done={today.data.done} left={today.data.items.length} /></>}
        </header>
        {person ? <Button type="text" size="small" icon={<ChevronLeft size={14} />} onClick={() => go({ team: "1" })}>{t("today.back")}</Button> : (leads || showsTeam) && (
          <div className={styles["tabs"]} role="tablist" aria-label={t("nav.today")}>
            <button type="button" role="tab" aria-selected={!showsTeam} className={styles["tab"]} onClick={() => go({})}>{t("today.mine")}</button>
            <button type="button" role="tab" aria-selected={Boolean(showsTeam)} className={cx(styles["tab"])} onClick={() => go({ team: "1" })}>{t("today.team")}</button>
          </div>
        )}
        {showsTeam && !person ? <Team team={team} onPerson={(id) => go({ person: id })} /> : today.isError ? <ErrorState error={today.error} onRetry={() => void today.refetch()} /> : today.isPending ? <Waiting /> : <Items data={today.data} mine={!person} />}
      </div>
    </div>
  );
}
