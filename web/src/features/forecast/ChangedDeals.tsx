import { Link } from "@tanstack/react-router";
import { useSpeech } from "@/messages";
import { formatDate, formatMoney } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Bone, ErrorState } from "@/ui/State";
import { kindKey } from "./ChangesTable";
import styles from "./Forecast.module.css";
import { money, type SheetData } from "./model";
import { useChangedDeals } from "./read";

interface Props { kind: string; query: Record<string, string | undefined>; sheet: SheetData; currency: string; onClose: () => void }

/** The deals behind one movement: as each was, and as it is. */
export function ChangedDeals({ kind, query, sheet, currency, onClose }: Props) {
  const { t, say, language } = useSpeech();
  const found = useChangedDeals(query);
  const category = (key: string | null) => say(sheet.categories.find((each) => each.key === key)?.label) || key;
  const amount = (value: string | null) => (value === null ? null : formatMoney(money(value, currency), language));
  const pair = (values: (string | null | undefined)[]) => [...new Set(values.filter((value): value is string => Boolean(value)))].join(" → ");
  return (
    <Panel wide title={t(kindKey(kind))} onClose={onClose}>
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Bone height={80} />}
      <ul className={styles["deals"]} data-testid="changed-deals">
        {found.data?.deals.map((deal) => (
          <li key={deal.id}>
            <Link to="/o/$object/$id" params={{ object: "opportunity", id: deal.id }}>{deal.title}</Link>
            <span className={styles["hint"]}>{pair(deal.category.map(category))} · {pair(deal.close_date.map((day) => day && formatDate(day, language)))}</span>
            <b>{pair(deal.amount.map(amount))}</b>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
