import type { UseQueryResult } from "@tanstack/react-query";
import type { TeamData } from "@/features/base/team";
import { useSpeech } from "@/messages";
import { Bone, ErrorState, State } from "@/ui/State";
import styles from "./Today.module.css";

/** How much of what waits for whom one leads; a name opens their list. */
export function Team({ team, onPerson }: { team: UseQueryResult<TeamData>; onPerson: (id: string) => void }) {
  const { t, say } = useSpeech();
  if (team.isError) return <ErrorState error={team.error} onRetry={() => void team.refetch()} />;
  if (team.isPending) return <Bone width="60%" />;
  if (team.data.people.length === 0) return <State drawing="rows" title={t("today.noTeam")} hint={t("today.noTeamHint")} />;
  const used = Object.keys(team.data.reasons).filter((reason) => team.data.people.some((each) => each.counts[reason]));
  return (
    <div className={styles["wrap"]} tabIndex={0} role="region" aria-label={t("today.team")}>
      <table className={styles["table"]} data-testid="today-team">
        <thead><tr><th scope="col">{t("today.person")}</th>{used.map((reason) => <th key={reason} scope="col">{say(team.data.reasons[reason])}</th>)}<th scope="col">{t("today.total")}</th></tr></thead>
        <tbody>
          {team.data.people.map((each) => (
            <tr key={each.id}>
              <td><button type="button" className={styles["link"]} onClick={() => onPerson(each.id)}>{each.label}</button></td>
              {used.map((reason) => <td key={reason}>{each.counts[reason] ?? ""}</td>)}
              <td><strong>{each.total}</strong></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
