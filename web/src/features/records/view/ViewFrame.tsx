import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { ObjectType, ViewConfig, ViewKind } from "@/api/types";
import { openQuickCreate } from "@/features/base/openers";
import type { ListSearch } from "@/features/base/search";
import { useSpeech } from "@/messages";
import { useIsPhone } from "@/ui/hooks";
import { FilterRow, useFilterDraft } from "../list/FilterRow";
import styles from "../list/List.module.css";
import { Peek } from "../list/Peek";
import { Toolbar } from "../list/Toolbar";
import type { ListState } from "../list/useListState";
import { ViewTabs } from "../list/ViewTabs";

interface Props {
  type: ObjectType;
  state: ListState;
  kind: ViewKind;
  label: string;
  /** The configuration a new view of this kind begins with. */
  config: ViewConfig;
  /** Records in the order in which the peek goes through them. */
  order?: string[];
  /** The record before or after the one peeked at, where the order is only known on the page. */
  step?: (by: 1 | -1) => string | undefined;
  tools?: ReactNode;
  /** Whether the view itself shows the record chosen, so that none is peeked at. */
  holdsRecord?: boolean;
  children: ReactNode;
}

/** What opens a record of a view: the peek where there is room, its page on a phone. */
export function useOpenRecord(type: ObjectType, state: ListState): (id: string) => void {
  const navigate = useNavigate();
  const isPhone = useIsPhone();
  return (id) => (isPhone ? void navigate({ to: "/o/$object/$id", params: { object: type.api_name, id } }) : state.set({ peek: id }));
}

/** Tabs, tools, filters and the peek around whatever way the records are looked at. */
export function ViewFrame({ type, state, kind, label, config, order = [], step: stepTo, tools, holdsRecord = false, children }: Props) {
  const { t, say } = useSpeech();
  const isPhone = useIsPhone();
  const { peek } = useSearch({ strict: false }) as ListSearch;
  const filter = useFilterDraft(state);
  const create = t("action.createOne", { label: say(type.label) });
  const step = (by: 1 | -1) => {
    const next = stepTo ? stepTo(by) : order[order.indexOf(peek ?? "") + by];
    if (next) state.set({ peek: next });
  };
  return (
    <div className={styles["page"]}>
      <section className={styles["main"]} aria-label={label}>
        <header className={styles["header"]}>
          <ViewTabs type={type} current={state.view} kind={kind} config={config} />
          {tools}
          <Toolbar type={type} state={state} {...filter} kind={kind} />
          {type.permissions.create && <Button type="primary" size="small" icon={<Plus size={14} />} onClick={() => openQuickCreate(type.api_name)} className={styles["create"] ?? ""} aria-label={create}><span className={styles["wide"]}>{create}</span></Button>}
        </header>
        <FilterRow type={type} state={state} group={filter.group} onGroup={filter.onGroup} onOpen={() => filter.onFilterOpen(true)} />
        {children}
      </section>
      {peek && !isPhone && !holdsRecord && <Peek type={type} id={peek} onClose={() => state.set({ peek: undefined as never })} onStep={step} />}
    </div>
  );
}
