import { useNavigate } from "@tanstack/react-router";
import { Button, Input, Popover } from "antd";
import { Download, ListFilter, Search } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import type { ObjectType, ViewKind } from "@/api/types";
import { FilterBuilder } from "@/features/base/filters/FilterBuilder";
import { countRules, type Group } from "@/features/base/filters/model";
import { useSpeech } from "@/messages";
import { useSettled, useStable } from "@/ui/hooks";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { kindsFor, viewIcon, viewPath } from "@/features/base/viewKinds";
import { Display } from "./Display";
import { useExport } from "./exporting";
import styles from "./List.module.css";
import type { ListState } from "./useListState";

const Print = lazy(() => import("./Print").then((module) => ({ default: module.Print })));

interface Props {
  type: ObjectType;
  state: ListState;
  group: Group;
  onGroup: (group: Group) => void;
  filterOpen: boolean;
  onFilterOpen: (open: boolean) => void;
  kind: ViewKind;
}

function SearchBox({ value, onSearch }: { value: string; onSearch: (text: string) => void }) {
  const { t } = useSpeech();
  const [typed, setTyped] = useState(value);
  const settled = useSettled(typed, 250);
  useEffect(() => {
    if (settled !== value) onSearch(settled);
    // Only what was typed may start a search; a search begun elsewhere must not be undone by this box.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  return <Input size="small" allowClear className={styles["search"] ?? ""} prefix={<Search size={13} color="var(--faint)" />} aria-label={t("list.search")} placeholder={t("list.search")} value={typed} onChange={(event) => setTyped(event.target.value)} />;
}

/** The other ways to look at the same records; what is filtered stays filtered. */
function KindSwitch({ type, state, kind }: Pick<Props, "type" | "state" | "kind">) {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const Icon = viewIcon[kind];
  const entries = kindsFor(type).map((each) => {
    const Own = viewIcon[each];
    return { key: each, label: t(`view.${each}`), icon: <Own size={14} />, disabled: each === kind, onSelect: () => void navigate({ to: viewPath[each], params: { object: type.api_name }, search: state.where ? { where: state.where } : {} }) };
  });
  return <Menu entries={entries}><IconButton label={t("view.as", { kind: t(`view.${kind}`) })}><Icon size={15} /></IconButton></Menu>;
}

export function Toolbar({ type, state, group, onGroup, filterOpen, onFilterOpen, kind }: Props) {
  const { t, say } = useSpeech();
  const exporting = useExport(type);
  const [printing, setPrinting] = useState(false);
  const printed = useStable(() => setPrinting(false));
  const rules = countRules(group);
  return (
    <div className={styles["tools"]}>
      <SearchBox key={state.view?.id ?? ""} value={state.search} onSearch={(q) => state.set({ q: q || undefined } as never)} />
      <Popover trigger="click" placement="bottomRight" open={filterOpen} onOpenChange={onFilterOpen} title={t("filter.title")} content={<FilterBuilder object={type.api_name} group={group} onChange={onGroup} />}>
        <Button size="small" type="text" icon={<ListFilter size={14} />} aria-expanded={filterOpen} aria-label={rules ? t("filter.count", { n: rules }) : t("list.filterShort")} data-testid="filter-button">
          <span className={styles["wide"]}>{rules ? t("filter.count", { n: rules }) : t("list.filterShort")}</span>
        </Button>
      </Popover>
      {(kind === "list" || kind === "gallery") && <Display type={type} state={state} kind={kind} />}
      <KindSwitch type={type} state={state} kind={kind} />
      {printing && <Suspense fallback={null}><Print type={type} columns={state.columns} body={state.body} title={state.view ? say(state.view.name) : say(type.label_plural)} onDone={printed} /></Suspense>}
      {type.permissions.export && (
        <Menu
          entries={[
            { key: "csv", label: t("list.exportCsv"), onSelect: () => void exporting.run("csv", state.columns, state.body) },
            { key: "xlsx", label: t("list.exportXlsx"), onSelect: () => void exporting.run("xlsx", state.columns, state.body) },
            { key: "rule", label: "", divider: true },
            { key: "print", label: t("list.print"), onSelect: () => setPrinting(true) },
            { key: "rule2", label: "", divider: true },
            { key: "laterCsv", label: t("list.exportLaterCsv"), onSelect: () => void exporting.later("csv", state.columns, state.body) },
            { key: "laterXlsx", label: t("list.exportLaterXlsx"), onSelect: () => void exporting.later("xlsx", state.columns, state.body) },
          ]}
        >
          <IconButton label={exporting.busy ? t("list.exporting") : t("list.export")} disabled={exporting.busy}><Download size={15} /></IconButton>
        </Menu>
      )}
    </div>
  );
}
