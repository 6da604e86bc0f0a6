import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import { useWrites, type Values } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { keyOf, type TodayData, type TodayItem } from "./model";

const key = (person?: string) => ["today", person ?? "me"] as const;

export function useToday(person?: string) {
  return useQuery({ queryKey: key(person), staleTime: 30_000, refetchInterval: 300_000, queryFn: ({ signal }) => api.get<TodayData>("/today", { signal, query: { person } }) });
}

/** What one click does to an item; each takes it off the list at once and puts it back when it was refused. */
export function useTodayActions() {
  const client = useQueryClient();
  const catalog = useCatalog();
  const { t } = useSpeech();
  const activities = useWrites("activity");
  const deals = useWrites("opportunity");

  const without = (item: TodayItem, counts: boolean) =>
    client.setQueryData<TodayData>(key(), (data) => data && { ...data, done: data.done + (counts ? 1 : 0), items: data.items.filter((each) => keyOf(each) !== keyOf(item)) });
  const attempt = async (item: TodayItem, counts: boolean, run: () => Promise<unknown>) => {
    without(item, counts);
    try {
      await run();
      return true;
    } catch (error) {
      complain(error, t);
      return false;
    } finally {
      void client.invalidateQueries({ queryKey: ["today"] });
    }
  };
  const snoozeTo = (item: TodayItem, until: string | null) => api.post("/today/snooze", { record: item.record.id, reason: item.reason, until });

  return {
    done: (item: TodayItem) => {
      const talked = item.record["kind"] !== undefined && (item.record["kind"] as unknown) !== "task";
      const values: Values = { done: true, ...(talked ? { happened_at: new Date().toISOString() } : {}) };
      const said = { said: t("today.doneSaid", { name: String(item.record.title ?? "") }), quiet: true };
      return attempt(item, true, () => activities.patch(item.record, values, said));
    },
    log: (item: TodayItem, kind: string, text: string) => {
      const [title = ""] = text.split("\n");
      const values: Values = { title: title.slice(0, 60), kind, body: text === title && title.length <= 60 ? null : text, happened_at: new Date().toISOString(), [item.object]: { id: item.record.id, label: "" } };
      const account = item.record["account"];
      if (item.object !== "account" && account && catalog.field("activity", "account")) values["account"] = account;
      return attempt(item, true, async () => {
        await activities.create(values);
        toast(t("today.logSaved"));
      });
    },
    step: (item: TodayItem, text: string) => attempt(item, true, () => deals.patch(item.record, { next_step: text }, { said: t("today.stepSaved"), quiet: true })),
    snooze: (item: TodayItem, until: Date) =>
      attempt(item, false, async () => {
        await snoozeTo(item, until.toISOString());
        const back = () => void snoozeTo(item, null).catch((error: unknown) => complain(error, t)).finally(() => void client.invalidateQueries({ queryKey: ["today"] }));
        toast(t("today.snoozeDone"), { action: { label: t("action.undo"), run: back } });
      }),
  };
}
