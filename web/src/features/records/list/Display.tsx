import { Button, Popover, Segmented } from "antd";
import { ArrowDown, ArrowDownUp, ArrowUp, Palette, SlidersHorizontal, X } from "lucide-react";
import { lazy, Suspense, useCallback, useState } from "react";
import type { Field, ObjectType, Sort, ViewKind } from "@/api/types";
import { useFieldOptions, usePathLabel } from "@/features/base/fieldOptions";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { ColumnPicker } from "./ColumnPicker";
import { moved } from "./grid";
import { groupFields } from "./lines/groups";
import styles from "./List.module.css";
import type { ListState } from "./useListState";

const ColourPanel = lazy(() => import("./colours/ColourPanel"));
const MOST_SORTS = 5;

interface Props {
  type: ObjectType;
  state: ListState;
  kind: ViewKind;
}

/** The fields a list is sorted by, the first one first. */
function Sorts({ type, sort, onSort }: { type: ObjectType; sort: Sort[]; onSort: (sort: Sort[]) => void }) {
  const { t } = useSpeech();
  const label = usePathLabel();
  const sortable = useCallback((field: Field) => field.sortable && field.access !== "masked", []);
  const options = useFieldOptions(type.api_name, sortable).filter((option) => !sort.some((part) => part.field === option.value));
  const paths = sort.map((part) => part.field);
  const turn = (part: Sort): Sort => ({ ...part, direction: part.direction === "asc" ? "desc" : "asc" });
  const up = (path: string) => onSort(moved(paths, path, -1).flatMap((each) => sort.find((part) => part.field === each) ?? []));
  return (
    <section className={styles["sorts"]} aria-label={t("grid.sorting")}>
      <strong>{t("grid.sorting")}</strong>
      {sort.map((part, index) => {
        const name = label(type.api_name, part.field);
        const down = part.direction === "desc";
        return (
          <div key={part.field} className={styles["sort"]}>
            <span className={styles["sortName"]}>{name}</span>
            <Button size="small" type="text" icon={down ? <ArrowDown size={13} /> : <ArrowUp size={13} />} onClick={() => onSort(sort.map((each) => (each === part ? turn(each) : each)))}>{t(down ? "list.sortDesc" : "list.sortAsc")}</Button>
            {index > 0 && <IconButton small label={t("grid.sortFirst", { name })} onClick={() => up(part.field)}><ArrowDownUp size={13} /></IconButton>}
            <IconButton small label={t("grid.sortRemove", { name })} onClick={() => onSort(sort.filter((each) => each !== part))}><X size={13} /></IconButton>
          </div>
        );
      })}
      {sort.length < MOST_SORTS && <Choose label={t("grid.sortAdd")} placeholder={t("grid.sortAdd")} value={null} options={options} onPick={(path) => path && onSort([...sort, { field: String(path), direction: "asc" }])} />}
    </section>
  );
}

/** How the list is drawn: height of rows, groups, order, colours, columns. */
function Settings({ type, state, kind, onColours }: Props & { onColours: () => void }) {
  const { t, say } = useSpeech();
  return (
    <div className={styles["display"]}>
      <Segmented
        size="small" block aria-label={t("list.density")} value={state.density}
        options={(["dense", "normal", "roomy"] as const).map((value) => ({ value, label: t(`list.density.${value}`) }))}
        onChange={(density) => state.setLocal({ density: density as ListState["density"] })}
      />
      {kind === "list" && (
        <>
          <Choose label={t("grid.grouping")} placeholder={t("grid.groupNone")} value={state.groupBy} options={groupFields(type).map((field) => ({ value: field.api_name, text: t("grid.groupedBy", { name: say(field.label) }) }))} onPick={(next) => state.setLocal({ group_by: (next as string | null) ?? null })} />
          <Sorts type={type} sort={state.sort} onSort={(sort) => state.set({ sort })} />
          <Button size="small" icon={<Palette size={13} />} onClick={onColours}>{state.colors.length ? t("grid.coloursCount", { n: state.colors.length }) : t("grid.colours")}</Button>
        </>
      )}
      <ColumnPicker type={type} columns={state.columns} onChange={(columns) => state.setLocal({ columns })} />
    </div>
  );
}

export function Display(props: Props) {
  const { type, state } = props;
  const { t } = useSpeech();
  const [open, setOpen] = useState(false);
  const [colouring, setColouring] = useState(false);
  // The panel takes the place of the small one: never one over the other.
  const onColours = () => {
    setOpen(false);
    setColouring(true);
  };
  return (
    <>
      <Popover trigger="click" placement="bottomRight" open={open} onOpenChange={setOpen} content={<Settings {...props} onColours={onColours} />} title={t("list.display")}>
        <Button size="small" type="text" icon={<SlidersHorizontal size={14} />} aria-expanded={open} aria-label={t("list.display")} data-testid="display-button"><span className={styles["wide"]}>{t("list.display")}</span></Button>
      </Popover>
      {colouring && <Suspense fallback={null}><ColourPanel type={type} rules={state.colors} onSave={(colors) => state.setLocal({ colors })} onClose={() => setColouring(false)} /></Suspense>}
    </>
  );
}
