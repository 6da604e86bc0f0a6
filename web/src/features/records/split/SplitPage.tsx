import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useId, useMemo, useRef, type KeyboardEvent } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType, QueryBody, RecordData } from "@/api/types";
import { useRecordList } from "@/features/base/read";
import type { ListSearch } from "@/features/base/search";
import { isEmptyValue } from "@/fields/contract";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { useIsPhone } from "@/ui/hooks";
import { Bone, ErrorState, State } from "@/ui/State";
import { Empty } from "../Empty";
import { useListState } from "../list/useListState";
import { ViewFrame } from "../view/ViewFrame";
import styles from "./Split.module.css";
import { stepFrom } from "./step";

const RecordPage = lazy(() => import("../page/RecordPage").then((module) => ({ default: module.RecordPage })));

/** A record in the list: its name, what is below it, and one field more. */
function Line({ type, record, line, on, id, onPick }: { type: ObjectType; record: RecordData; line: Field | undefined; on: boolean; id: string; onPick: () => void }) {
  const { t } = useSpeech();
  const subtitle = type.subtitle_field ? record[type.subtitle_field] : null;
  const value = line && record[line.api_name];
  const Cell = line && fieldUi(line).Cell;
  return (
    <div id={id} role="option" aria-selected={on} className={cx(styles["line"], on && styles["on"])} data-record={record.id} data-testid="split-line" onClick={onPick}>
      <span className={styles["title"]}>{String(record[type.title_field] ?? "") || t("record.untitled")}</span>
      <span className={styles["more"]}>
        <span className={styles["subtitle"]}>{isEmptyValue(subtitle) ? "" : String(subtitle)}</span>
        {line && Cell && !isEmptyValue(value) && <Cell value={value} field={line} />}
      </span>
    </div>
  );
}

/** The list on the left, the record chosen there on the right; ↑ and ↓ go through them. On a phone only the list. */
export function SplitPage({ type }: { type: ObjectType }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const isPhone = useIsPhone();
  const { peek } = useSearch({ strict: false }) as ListSearch;
  const state = useListState(type, "split");
  const faces = [type.title_field, type.subtitle_field];
  const name = state.view?.config.line_field ?? state.columns.find((path) => !faces.includes(path) && !path.includes("."));
  const line = name ? catalog.field(type.api_name, name) : undefined;
  const body: QueryBody = { ...state.body, select: [...new Set([...(state.body.select ?? []), ...(line ? [line.api_name] : [])])] };
  const list = useRecordList(type.api_name, body);
  const records = useMemo(() => list.data?.pages.flatMap((page) => page.records) ?? [], [list.data]);
  const ids = records.map((record) => record.id);
  const chosen = isPhone ? undefined : (peek ?? ids[0]);
  const base = useId();
  const box = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const pick = (id: string) => (isPhone ? void navigate({ to: "/o/$object/$id", params: { object: type.api_name, id } }) : state.set({ peek: id }));
  useEffect(() => {
    if (chosen) box.current?.querySelector(`[data-record="${CSS.escape(chosen)}"]`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  // ↑ and ↓ work from the first moment; a search or a field that has the focus already keeps it.
  const filled = records.length > 0;
  useEffect(() => {
    if (filled && document.activeElement === document.body) box.current?.focus({ preventScroll: true });
  }, [filled]);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepFrom(ids, chosen, event.key);
    if (next) {
      event.preventDefault();
      pick(next);
      if (next === ids[ids.length - 1] && hasNextPage && !isFetchingNextPage) void fetchNextPage();
    } else if (event.key === "Enter" && chosen) void navigate({ to: "/o/$object/$id", params: { object: type.api_name, id: chosen } });
  };
  const onScroll = () => {
    const element = box.current;
    if (element && hasNextPage && !isFetchingNextPage && element.scrollTop + element.clientHeight > element.scrollHeight - 400) void fetchNextPage();
  };
  return (
    <ViewFrame type={type} state={state} kind="split" label={t("split.label", { label: say(type.label_plural) })} config={{ ...state.config, line_field: line?.api_name ?? null }} holdsRecord>
      {list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <div className={styles["list"]} aria-busy>{Array.from({ length: 10 }, (_, index) => <div key={index} className={styles["line"]}><Bone width="60%" /><Bone width="40%" /></div>)}</div>
      ) : records.length === 0 ? (
        <Empty type={type} filtered={state.where !== null || state.search !== ""} />
      ) : (
        <div className={styles["split"]} data-testid="split">
          <div ref={box} role="listbox" tabIndex={0} aria-label={t("split.records", { label: say(type.label_plural) })} aria-activedescendant={chosen && ids.includes(chosen) ? `${base}${chosen}` : undefined} className={styles["list"]} onKeyDown={onKeyDown} onScroll={onScroll}>
            {records.map((record) => <Line key={record.id} id={`${base}${record.id}`} type={type} record={record} line={line} on={record.id === chosen} onPick={() => pick(record.id)} />)}
            {isFetchingNextPage && <Bone height={48} />}
          </div>
          {!isPhone && (
            <div className={styles["record"]} data-testid="split-record">
              {chosen ? <Suspense fallback={<Bone height={240} />}><RecordPage key={chosen} type={type} id={chosen} /></Suspense> : <State drawing="rows" title={t("split.choose")} />}
            </div>
          )}
        </div>
      )}
    </ViewFrame>
  );
}
