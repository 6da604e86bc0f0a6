import { Button, Input, TreeSelect } from "antd";
import { useState } from "react";
import { ProblemError } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { RecordData, Reference } from "@/api/types";
import { PrincipalPicker, type Principal } from "@/features/base/principals";
import { useWrites } from "@/features/base/write";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { idIn, useDepartments, type DepartmentNode } from "../access/departments";
import { useMemberships, useRefresh } from "./writing";

/** A department cannot come to lie within itself, so that branch is not offered. */
const without = (nodes: DepartmentNode[], id: string | undefined): DepartmentNode[] => nodes.filter((node) => node.value !== id).map((node) => ({ ...node, children: without(node.children, id) }));

interface Props {
  /** Null makes a new one. */
  department: RecordData | null;
  parent: RecordData | null;
  deputies?: Principal[];
  onClose: () => void;
  onSaved: (id: string) => void;
}

export function DepartmentPanel({ department, parent, deputies: before = [], onClose, onSaved }: Props) {
  const { t, say } = useSpeech();
  const catalog = useCatalog();
  const writes = useWrites("department");
  const memberships = useMemberships();
  const refresh = useRefresh();
  const tree = useDepartments().nodes;
  const [name, setName] = useState(String(department?.["name"] ?? ""));
  const [code, setCode] = useState(String(department?.["code"] ?? ""));
  const [above, setAbove] = useState<string | null>(department ? idIn(department["parent"]) : (parent?.id ?? null));
  const [head, setHead] = useState<unknown>((department?.["head"] as Reference | null) ?? null);
  const [deputies, setDeputies] = useState(before);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const headField = catalog.field("department", "head");
  const HeadEditor = headField && fieldUi(headField).Editor;

  const save = async () => {
    setBusy(true);
    try {
      const values = { name: name.trim(), code: code.trim() || null, parent: above ? { id: above, label: "" } : null, head };
      const saved = department ? await writes.patch(department, values, { quiet: true }) : await writes.create(values);
      if (!saved) return onClose();
      const wanted = deputies.map((each) => each.id);
      if (JSON.stringify(wanted) !== JSON.stringify(before.map((each) => each.id))) await memberships.setOf(saved.id, "deputy", wanted);
      await refresh();
      onSaved(saved.id);
      onClose();
    } catch (error) {
      if (error instanceof ProblemError) setErrors(error.fields);
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel
      title={department ? t("org.editDepartment", { name: String(department["name"]) }) : t("org.addDepartment")}
      onClose={onClose}
      footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} disabled={!name.trim()} onClick={() => void save()}>{t("action.save")}</Button></>}
    >
      <FormRow label={t("org.departmentName")} required error={errors["name"]}>{({ id }) => <Input id={id} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}</FormRow>
      <FormRow label={t("org.parent")} error={errors["parent"]}>
        {({ id }) => <TreeSelect<string | null> id={id} style={{ width: "100%" }} allowClear showSearch treeDefaultExpandAll treeNodeFilterProp="title" placeholder={t("org.topLevel")} value={above} treeData={without(tree, department?.id)} onChange={(next) => setAbove(next ?? null)} />}
      </FormRow>
      {HeadEditor && <FormRow label={say(headField.label)} help={t("org.headHint")} error={errors["head"]}>{({ id }) => <HeadEditor id={id} field={headField} value={head} onChange={setHead} />}</FormRow>}
      <FormRow label={t("org.deputies")} help={t("org.deputiesHint")}>{() => <PrincipalPicker kinds={["user"]} value={deputies} onChange={setDeputies} />}</FormRow>
      <FormRow label={t("org.code")} error={errors["code"]}>{({ id }) => <Input id={id} value={code} onChange={(event) => setCode(event.target.value)} />}</FormRow>
    </Panel>
  );
}
