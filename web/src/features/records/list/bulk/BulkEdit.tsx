import { Button, Segmented } from "antd";
import { useCallback, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType } from "@/api/types";
import { useFieldOptions } from "@/features/base/fieldOptions";
import { mayEdit } from "@/features/base/rights";
import { isEmptyValue } from "@/fields/contract";
import { Choose } from "@/fields/parts/Choose";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { BulkFailures, BulkProgress } from "./BulkWork";
import { added, takesSeveral, taken, type Way } from "./ways";
import type { Targets } from "./targets";
import { useBulk } from "./useBulk";

interface Props {
  type: ObjectType;
  targets: Targets;
  count: number;
  /** The field that is offered first. */
  field?: string | undefined;
  onDone: () => void;
  onClose: () => void;
}

/** One field gets one value in many records, or one more; what was there before is kept for the undo. */
export function BulkEdit({ type, targets, count, field: first, onDone, onClose }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const bulk = useBulk(type);
  const [name, setName] = useState<string | null>(first ?? null);
  const [value, setValue] = useState<unknown>(null);
  const [way, setWay] = useState<Way>("replace");
  const writable = useCallback((field: Field) => !field.unique && mayEdit(type, field), [type]);
  const options = useFieldOptions(type.api_name, writable, false);
  const field = name ? catalog.field(type.api_name, name) : undefined;
  const several = field !== undefined && takesSeveral(field);
  const next = (before: unknown) => (!several || way === "replace" ? value : way === "add" ? added(before, value) : taken(before, value));
  const apply = async () => {
    if (field && (await bulk.change(targets, count, field.api_name, next))) onDone();
  };
  const Editor = field && fieldUi(field).Editor;
  const busy = bulk.progress !== null;
  const pick = (chosen: string | string[] | null) => {
    setName(chosen as string);
    setValue(null);
    setWay("replace");
  };
  return (
    <Panel
      title={t("list.bulkEditTitle", { n: count })}
      onClose={onClose}
      footer={
        <>
          <Button disabled={busy} onClick={onClose}>{t(bulk.failures ? "action.close" : "action.cancel")}</Button>
          <Button type="primary" disabled={!field || (way !== "replace" && isEmptyValue(value))} loading={busy} onClick={() => void apply()}>{t("list.bulkApply", { n: count })}</Button>
        </>
      }
    >
      <FormRow label={t("filter.field")} required help={t("list.bulkEditHint")}>
        {({ id }) => <Choose id={id} value={name} options={options} clearable={false} onPick={pick} />}
      </FormRow>
      {several && (
        <FormRow label={t("grid.bulkWay")}>
          {() => <Segmented block aria-label={t("grid.bulkWay")} value={way} options={[{ value: "replace", label: t("grid.bulkReplace") }, { value: "add", label: t("grid.bulkAdd") }, { value: "take", label: t("grid.bulkTake") }]} onChange={(chosen) => setWay(chosen as Way)} />}
        </FormRow>
      )}
      {field && Editor && (
        <FormRow label={say(field.label)}>{({ id }) => <Editor key={field.id} id={id} value={value} field={field} onChange={setValue} />}</FormRow>
      )}
      {bulk.progress && <BulkProgress progress={bulk.progress} onStop={bulk.stop} />}
      {bulk.failures && <BulkFailures failures={bulk.failures} />}
    </Panel>
  );
}
