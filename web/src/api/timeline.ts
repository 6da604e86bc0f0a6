import type { Money, RecordData, Reference, HistoryEntry } from "./types";

/** The related record through which an item belongs to a timeline. */
export interface Via {
  object: string;
  id: string;
  label: string | null;
}
export interface Comment {
  id: string;
  at: string;
  author: Reference;
  body: string;
  record: string;
  version: number;
  mine: boolean;
}
interface Item {
  at: string;
  /** What pins name. */
  key: string;
  via: Via | null;
}
export type ActivityItem = Item & { kind: "activity"; record: RecordData };
export type CommentItem = Item & { kind: "comment"; comment: Comment };
export type RecordItem = Item & { kind: "record"; object: string; record: RecordData };
export type HistoryItem = Item & { kind: "history"; entry: HistoryEntry };
export type TimelineItem = ActivityItem | CommentItem | RecordItem | HistoryItem;

export interface TimelinePage {
  items: TimelineItem[];
  next_cursor: string | null;
  /** On the first page only. */
  pinned?: TimelineItem[];
}

/** Records of `object` that point here by `field`; `days` since the step before. */
export interface JourneyStep {
  object: string;
  field: string;
  count: number;
  first: string | null;
  latest: string | null;
  amount: Money | null;
  days: number | null;
}
