import { Link } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { Check, Clock } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { later, type Later } from "@/features/base/later";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { IconButton } from "@/ui/IconButton";
import { ObjectMark } from "@/ui/Mark";
import { Menu } from "@/ui/Menu";
import { daysSince, type TodayItem } from "./model";
import styles from "./Today.module.css";
import type { useTodayActions } from "./useToday";

const HIDDEN = new Set(["id", "version", "title", "name", "due_at", "next_follow_up", "updated_at", "created_at", "kind"]);
const PLANNED = new Set(["due_at", "next_follow_up"]);
const WAYS = ["call", "note", "visit", "meeting"];

/** What is known of the record beside its name, in words. */
function useMeta(item: TodayItem): string[] {
  const catalog = useCatalog();
  const speech = useSpeech();
  return Object.entries(item.record).flatMap(([name, value]) => {
    const field = catalog.field(item.object, name);
    if (HIDDEN.has(name) || !field || value === null || value === undefined) return [];
    const text = fieldUi(field).text(value as never, field, speech);
    return text ? [text] : [];
  });
}

function When({ item }: { item: TodayItem }) {
  const { t, language } = useSpeech();
  if (!item.since) return null;
  const days = daysSince(item.since, new Date());
  const isPlanned = PLANNED.has(item.reason === "task_due" || item.reason === "meeting" ? "due_at" : item.reason.endsWith("follow_up_due") ? "next_follow_up" : "");
  if (item.overdue) return <span className={styles["late"]}>{t("today.overdue", { n: Math.max(1, days) })}</span>;
  if (!isPlanned && days === 0) return null;
  return <span>{isPlanned ? formatDateTime(item.since, language) : t("today.since", { n: days })}</span>;
}

interface InlineProps {
  item: TodayItem;
  mode: "log" | "step";
  onSave: (text: string, kind: string) => void;
  onClose: () => void;
}
/** One field under the row: type, Enter, done. */
function Inline({ item, mode, onSave, onClose }: InlineProps) {
  const { t, say } = useSpeech();
  const catalog = useCatalog();
  const [text, setText] = useState("");
  const [kind, setKind] = useState("call");
  const name = String(item.record.title ?? "");
  const kinds = (catalog.field("activity", "kind")?.config.choices ?? []).filter((choice) => WAYS.includes(choice.key) && !choice.archived);
  const save = () => text.trim() && onSave(text.trim(), kind);
  return (
    <div className={styles["inline"]}>
      <Input.TextArea
        autoFocus autoSize={{ minRows: 1, maxRows: 6 }} value={text} maxLength={mode === "step" ? 255 : 10_000}
        aria-label={t(mode === "log" ? "today.logLabel" : "today.stepLabel", { name })} placeholder={t(mode === "log" ? "today.logHint" : "today.stepHint")}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Escape") onClose();
          if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            save();
          }
        }}
      />
      {mode === "log" && kinds.length > 0 && (
        <select className={styles["select"]} value={kind} aria-label={t("today.kind")} onChange={(event) => setKind(event.target.value)}>
          {kinds.map((choice) => <option key={choice.key} value={choice.key}>{say(choice.label)}</option>)}
        </select>
      )}
      <Button type="primary" disabled={!text.trim()} onClick={save}>{t("action.save")}</Button>
      <Button type="text" onClick={onClose}>{t("action.cancel")}</Button>
    </div>
  );
}

type Actions = ReturnType<typeof useTodayActions>;

/** Who, why, what to do: one button does it. */
export function TodayRow({ item, actions }: { item: TodayItem; actions: Actions | null }) {
  const { t } = useSpeech();
  const catalog = useCatalog();
  const [mode, setMode] = useState<"log" | "step" | null>(null);
  const type = catalog.object(item.object);
  const meta = useMeta(item);
  const name = String(item.record.title ?? "");
  const mayWrite = actions !== null && catalog.object("activity")?.permissions.create;
  const first = item.actions.find((action) => action !== "open");
  const rest = item.actions.filter((action) => action !== first && (action === "log" || action === "step"));
  const run = (action: string) => (action === "done" ? void actions?.done(item) : setMode(action as "log" | "step"));
  const label = (action: string) => t(action === "done" ? "today.done" : action === "log" ? "today.log" : "today.step");
  const sleep = (choice: Later) => () => void actions?.snooze(item, later(choice, new Date()));
  return (
    <li className={styles["item"]} data-testid="today-item" data-reason={item.reason}>
      <span className={styles["mark"]}>{type && <ObjectMark icon={type.icon} color={type.color} size={24} />}</span>
      <div>
        <Link to="/o/$object/$id" params={{ object: item.object, id: item.record.id }} className={styles["name"]}>{name}</Link>
        <span className={styles["meta"]}><span data-volatile><When item={item} /></span>{meta.map((text, index) => <span key={index}>{text}</span>)}</span>
      </div>
      {actions && (
        <span className={styles["actions"]} role="group" aria-label={t("today.actions", { name })}>
          {mayWrite && first && <Button size="small" type={first === "done" ? "default" : "primary"} ghost={first !== "done"} icon={first === "done" ? <Check size={13} /> : undefined} onClick={() => run(first)}>{label(first)}</Button>}
          {mayWrite && rest.map((action) => <Button key={action} size="small" type="text" onClick={() => run(action)}>{label(action)}</Button>)}
          <Menu entries={[
            { key: "hours", label: t("today.snoozeHours"), onSelect: sleep("hours") },
            { key: "tomorrow", label: t("today.snoozeTomorrow"), onSelect: sleep("tomorrow") },
            { key: "week", label: t("today.snoozeWeek"), onSelect: sleep("week") },
          ]}>
            <IconButton small label={t("today.snooze")}><Clock size={14} /></IconButton>
          </Menu>
        </span>
      )}
      {mode && actions && (
        <Inline
          item={item} mode={mode} onClose={() => setMode(null)}
          onSave={(text, kind) => void (mode === "log" ? actions.log(item, kind, text) : actions.step(item, text)).then((ok) => ok && setMode(null))}
        />
      )}
    </li>
  );
}
