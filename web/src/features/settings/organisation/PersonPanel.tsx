import { Link } from "@tanstack/react-router";
import { Button, TreeSelect } from "antd";
import { useState } from "react";
import { ProblemError } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { RecordData } from "@/api/types";
import { useRecord } from "@/features/base/read";
import { useWrites, type Values } from "@/features/base/write";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { Bone } from "@/ui/State";
import { toast } from "@/ui/toast";
import { idIn, useDepartments } from "../access/departments";
import { useOrganisation } from "../access/read";
import { useMemberships, useRefresh } from "./writing";

/** What the organisation asks of a person; the rest stands on the person's own page. */
export const PERSON_FIELDS = ["name", "email", "title", "department", "manager", "position"];
const PLACED = ["department", "manager", "position", "title"];

interface Placed {
  member: string[];
  deputy: string[];
}

function Form({ person, before, onClose }: { person: RecordData; before: Placed; onClose: () => void }) {
  const { t, say } = useSpeech();
  const catalog = useCatalog();
  const writes = useWrites("user");
  const memberships = useMemberships();
  const refresh = useRefresh();
  const tree = useDepartments().nodes;
  const [values, setValues] = useState<Values>(() => Object.fromEntries(PLACED.map((name) => [name, person[name] ?? null])));
  const [placed, setPlaced] = useState(before);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const same = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
  const save = async () => {
    setBusy(true);
    try {
      const changed = Object.fromEntries(Object.entries(values).filter(([name, value]) => !same(value, person[name])));
      if (Object.keys(changed).length && !(await writes.patch(person, changed, { quiet: true }))) return onClose();
      const main = idIn(values["department"]);
      const rows = (["member", "deputy"] as const).flatMap((kind) => placed[kind].filter((department) => kind === "deputy" || department !== main).map((department) => ({ department, kind })));
      if (!same(placed, before)) await memberships.write(person.id, rows);
      await refresh();
      toast(t("state.saved"));
      onClose();
    } catch (error) {
      if (error instanceof ProblemError) setErrors(error.fields);
      complain(error, t);
      setBusy(false);
    }
  };
  const many = (kind: keyof Placed, label: string, help: string) => (
    <FormRow label={label} help={help}>
      {({ id }) => <TreeSelect id={id} style={{ width: "100%" }} multiple allowClear showSearch treeDefaultExpandAll treeNodeFilterProp="title" value={placed[kind]} treeData={tree} onChange={(next: string[]) => setPlaced({ ...placed, [kind]: next })} />}
    </FormRow>
  );
  return (
    <Panel
      title={String(person["name"] ?? "")}
      onClose={onClose}
      footer={<><Link to="/o/$object/$id" params={{ object: "user", id: person.id }} style={{ marginRight: "auto", alignSelf: "center" }}>{t("org.wholePerson")}</Link><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} onClick={() => void save()}>{t("action.save")}</Button></>}
    >
      {PLACED.map((name) => {
        const field = catalog.field("user", name);
        if (!field || field.readonly) return null;
        const { Editor } = fieldUi(field);
        return <FormRow key={name} label={say(field.label)} error={errors[name]}>{({ id }) => <Editor id={id} field={field} value={values[name]} onChange={(next) => setValues({ ...values, [name]: next })} />}</FormRow>;
      })}
      {many("member", t("org.furtherOf"), t("org.furtherHint"))}
      {many("deputy", t("org.deputyOf"), t("org.deputiesHint"))}
    </Panel>
  );
}

/** Where a person stands: main and further departments, reporting line, position. */
export function PersonPanel({ person, onClose }: { person: RecordData; onClose: () => void }) {
  const whole = useRecord("user", person.id).data;
  const rows = useOrganisation().data?.memberships;
  if (!whole || !rows) return <Panel title={String(person["name"] ?? "")} onClose={onClose}><Bone width="60%" /></Panel>;
  const of = (kind: keyof Placed) => rows.filter((row) => row.user === person.id && row.kind === kind).map((row) => row.department);
  return <Form person={whole} before={{ member: of("member"), deputy: of("deputy") }} onClose={onClose} />;
}
