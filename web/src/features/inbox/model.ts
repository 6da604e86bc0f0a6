import type { Localized } from "@/api/types";

export interface InboxItem {
  id: string;
  kind: string;
  label: string;
  record: { object: string; id: string; label: string | null } | null;
  actor: { id: string; label: string | null } | null;
  count: number;
  params: { text?: string; comment?: string; export?: string; name?: string; pool?: string; pool_id?: string; answer?: string };
  at: string;
  read_at: string | null;
  snoozed_until: string | null;
}
export interface InboxPage {
  items: InboxItem[];
  next_cursor: string | null;
}
export type InboxState = "unread" | "all" | "snoozed";
export type MailChannel = "off" | "digest" | "now";
export interface InboxPreferences {
  kinds: { key: string; label: Localized; inbox: boolean; mail: MailChannel }[];
  digest: "off" | "daily" | "weekdays";
  digest_hour: number;
}
