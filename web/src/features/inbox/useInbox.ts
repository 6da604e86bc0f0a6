import { useInfiniteQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import type { InboxItem, InboxPage, InboxState } from "./model";

export function useInbox(state: InboxState) {
  return useInfiniteQuery({
    queryKey: ["inbox", state],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => api.get<InboxPage>("/inbox", { signal, query: { state, limit: 50, cursor: pageParam ?? undefined } }),
    getNextPageParam: (last) => last.next_cursor,
  });
}

/** What is done to notifications; each change shows at once and is read again. */
export function useInboxActions() {
  const client = useQueryClient();
  const { t } = useSpeech();
  const put = (change: (items: InboxItem[], state: InboxState) => InboxItem[]) => {
    for (const state of ["unread", "all", "snoozed"] as const)
      client.setQueryData<InfiniteData<InboxPage>>(["inbox", state], (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: change(page.items, state) })) });
  };
  const send = async (path: string, body: unknown) => {
    try {
      await api.post(`/inbox/${path}`, body);
      return true;
    } catch (error) {
      complain(error, t);
      return false;
    } finally {
      void client.invalidateQueries({ queryKey: ["inbox"] });
    }
  };
  const asRead = (ids: string[] | null) => put((items) => items.map((item) => (ids === null || ids.includes(item.id) ? { ...item, read_at: item.read_at ?? new Date().toISOString() } : item)));
  return {
    read: (ids: string[] | null) => {
      asRead(ids);
      return send("read", ids === null ? {} : { ids });
    },
    unread: (id: string) => send("unread", { ids: [id] }),
    archive: (id: string) => {
      put((items) => items.filter((item) => item.id !== id));
      return send("archive", { ids: [id] });
    },
    snooze: async (id: string, until: Date) => {
      put((items, state) => (state === "snoozed" ? items : items.filter((item) => item.id !== id)));
      if (await send("snooze", { ids: [id], until: until.toISOString() })) toast(t("today.snoozeDone"));
    },
  };
}
