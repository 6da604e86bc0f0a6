import { Button, Input } from "antd";
import { useEffect, useState } from "react";
import { ProblemError } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { RecordData } from "@/api/types";
import { PrincipalPicker, type Principal } from "@/features/base/principals";
import { useRecordList } from "@/features/base/read";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { Bone } from "@/ui/State";
import type { Members } from "./NamedList";
import { useRefresh } from "./writing";

interface Props {
  object: "position" | "user_group";
  record: RecordData | null;
  members?: Members;
  onClose: () => void;
}
const MOST_SHOWN = 200;

/** Names of people known by id; null until they are read. */
function usePeople(ids: string[]): Principal[] | null {
  const list = useRecordList("user", { select: ["name"], where: { field: "id", op: "in", value: ids }, limit: MOST_SHOWN }, ids.length > 0);
  if (ids.length === 0) return [];
  return list.data ? list.data.pages.flatMap((page) => page.records).map((row) => ({ kind: "user", id: row.id, label: String(row["name"]) })) : null;
}

export function NamedPanel({ object, record, members, onClose }: Props) {
  const { t, say } = useSpeech();
  const type = useCatalog().object(object);
  const writes = useWrites(object);
  const refresh = useRefresh();
  const before = record && members ? members.of(record.id) : [];
  const known = usePeople(before);
  const [name, setName] = useState(String(record?.["name"] ?? ""));
  const [description, setDescription] = useState(String(record?.["description"] ?? ""));
  const [people, setPeople] = useState<Principal[] | null>(before.length ? null : []);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  useEffect(() => setPeople((old) => old ?? known), [known]);
  const save = async () => {
    setBusy(true);
    try {
      const values = { name: name.trim(), ...(members ? { description: description.trim() || null } : {}) };
      const saved = record ? await writes.patch(record, values, { quiet: true }) : await writes.create(values);
      // Members that were never shown are not written, or they would be lost.
      if (saved && members && people && before.length <= MOST_SHOWN) await members.write(saved.id, people.map((each) => each.id));
      await refresh();
      onClose();
    } catch (error) {
      if (error instanceof ProblemError) setErrors(error.fields);
      complain(error, t);
      setBusy(false);
    }
  };
  return (
    <Panel
      title={record ? String(record["name"]) : t("action.createOne", { label: say(type?.label) })}
      onClose={onClose}
      footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} disabled={!name.trim()} onClick={() => void save()}>{t("action.save")}</Button></>}
    >
      <FormRow label={t("people.name")} required error={errors["name"]}>{({ id }) => <Input id={id} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}</FormRow>
      {members && <FormRow label={t("org.description")} error={errors["description"]}>{({ id }) => <Input id={id} value={description} onChange={(event) => setDescription(event.target.value)} />}</FormRow>}
      {members && (
        <FormRow label={t("org.members")}>
          {() => (before.length > MOST_SHOWN ? <p>{t("org.tooMany", { n: before.length })}</p> : people ? <PrincipalPicker kinds={["user"]} value={people} onChange={setPeople} /> : <Bone width="60%" />)}
        </FormRow>
      )}
    </Panel>
  );
}
