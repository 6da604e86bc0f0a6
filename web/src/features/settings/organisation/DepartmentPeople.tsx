import { Button } from "antd";
import { Pencil, Plus, Trash2, UserPlus } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { RecordData, Reference } from "@/api/types";
import { openQuickCreate } from "@/features/base/openers";
import type { Principal } from "@/features/base/principals";
import { useRecordList } from "@/features/base/read";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { Bone } from "@/ui/State";
import { Mark } from "@/ui/Mark";
import { Tag } from "@/ui/Tag";
import { idIn, type useDepartments } from "../access/departments";
import { useOrganisation } from "../access/read";
import settings from "../Settings.module.css";
import { DepartmentPanel } from "./DepartmentPanel";
import styles from "./Organisation.module.css";
import { PERSON_FIELDS, PersonPanel } from "./PersonPanel";
import { useRefresh } from "./writing";

interface Props {
  department: RecordData;
  tree: ReturnType<typeof useDepartments>;
  onChoose: (id: string) => void;
}
const labelIn = (value: unknown) => (value as Reference | null)?.label ?? "";

function usePath(department: RecordData, records: RecordData[]): RecordData[] {
  const path: RecordData[] = [];
  let at: RecordData | undefined = records.find((each) => each.id === idIn(department["parent"]));
  while (at && !path.includes(at)) {
    path.unshift(at);
    const above = idIn(at["parent"]);
    at = records.find((each) => each.id === above);
  }
  return path;
}

/** The people of a department: who belongs here first, then who also does; head and deputies are named. */
function useMembers(department: RecordData) {
  const { memberships } = useOrganisation().data ?? { memberships: [] };
  const here = memberships.filter((row) => row.department === department.id);
  const further = [...new Set(here.map((row) => row.user))];
  const main = { field: "department", op: "eq", value: department.id };
  const where = further.length ? { or: [main, { field: "id", op: "in", value: further }] } : main;
  const people = useRecordList("user", { select: PERSON_FIELDS, where, sort: [{ field: "name", direction: "asc" }], limit: 100 });
  const rows = people.data?.pages.flatMap((page) => page.records) ?? [];
  const deputies = new Set(here.filter((row) => row.kind === "deputy").map((row) => row.user));
  return { people, rows, deputies };
}

function People({ department, members: { people, rows, deputies }, onOpen }: { department: RecordData; members: ReturnType<typeof useMembers>; onOpen: (person: RecordData) => void }) {
  const { t } = useSpeech();
  const head = idIn(department["head"]);
  return (
    <div className={settings["wrap"]}>
      <table className={settings["table"]} data-testid="department-people">
        <thead><tr><th>{t("people.name")}</th><th>{t("org.belongs")}</th><th className={settings["wide"]}>{t("org.position")}</th><th>{t("org.manager")}</th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td><button type="button" className={settings["who"]} onClick={() => onOpen(row)}><Mark name={String(row["name"])} size={24} />{String(row["name"])}</button></td>
              <td>
                <span className={settings["tags"]}>
                  <Tag color={idIn(row["department"]) === department.id ? "green" : "gray"}>{t(idIn(row["department"]) === department.id ? "org.main" : "org.further")}</Tag>
                  {row.id === head && <Tag color="blue">{t("org.head")}</Tag>}
                  {deputies.has(row.id) && <Tag color="purple">{t("org.deputy")}</Tag>}
                </span>
              </td>
              <td className={settings["wide"]}>{[labelIn(row["position"]), String(row["title"] ?? "")].filter(Boolean).join(" · ")}</td>
              <td>{labelIn(row["manager"])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {people.hasNextPage && <Button type="text" onClick={() => void people.fetchNextPage()}>{t("action.loadMore")}</Button>}
    </div>
  );
}

function Leads({ head, deputies }: { head: Reference | null; deputies: Principal[] }) {
  const { t } = useSpeech();
  const said = [head?.label && t("org.headIs", { name: head.label }), deputies.length > 0 && t("org.deputiesAre", { names: deputies.map((each) => each.label).join(t("list.comma")) })];
  return <p className={settings["hint"]}>{said.filter(Boolean).join(" · ") || t("org.noHead")}</p>;
}

export function DepartmentPeople({ department, tree, onChoose }: Props) {
  const { t } = useSpeech();
  const may = useCatalog().object("department")?.permissions;
  const mayAdd = useCatalog().object("user")?.permissions.create ?? false;
  const writes = useWrites("department");
  const refresh = useRefresh();
  const path = usePath(department, tree.records);
  const members = useMembers(department);
  const { people, rows, deputies } = members;
  const [panel, setPanel] = useState<"edit" | "below" | RecordData | null>(null);
  const name = String(department["name"] ?? "");
  const deputyList: Principal[] = rows.filter((row) => deputies.has(row.id)).map((row) => ({ kind: "user", id: row.id, label: String(row["name"]) }));
  const remove = () => void writes.remove(department, t("org.departmentRemoved", { name })).then(refresh, refresh);
  return (
    <>
      {path.length > 0 && <p className={styles["quiet"]}>{path.map((each) => <span key={each.id}><button type="button" className={styles["step"]} onClick={() => onChoose(each.id)}>{String(each["name"])}</button> › </span>)}</p>}
      <header className={settings["head"]}>
        <div>
          <h3 className={styles["name"]}>{name}</h3>
          <Leads head={department["head"] as Reference | null} deputies={deputyList} />
        </div>
        <div className={styles["actions"]}>
          {may?.update && <Button icon={<Pencil size={14} />} onClick={() => setPanel("edit")}>{t("action.edit")}</Button>}
          {may?.create && <Button icon={<Plus size={14} />} onClick={() => setPanel("below")}>{t("org.addBelow")}</Button>}
          {may?.delete && <Button danger type="text" icon={<Trash2 size={14} />} aria-label={t("org.removeDepartment", { name })} title={t("org.removeDepartment", { name })} onClick={remove} />}
          {mayAdd && <Button type="primary" icon={<UserPlus size={14} />} onClick={() => openQuickCreate("user", { department: { id: department.id, label: name } })}>{t("people.add")}</Button>}
        </div>
      </header>
      {people.isPending && <Bone width="60%" />}
      {people.isSuccess && rows.length === 0 && <p className={styles["quiet"]}>{t("org.nobody")}</p>}
      {rows.length > 0 && <People department={department} members={members} onOpen={setPanel} />}
      {panel === "edit" && <DepartmentPanel department={department} parent={null} deputies={deputyList} onClose={() => setPanel(null)} onSaved={onChoose} />}
      {panel === "below" && <DepartmentPanel department={null} parent={department} onClose={() => setPanel(null)} onSaved={onChoose} />}
      {panel && typeof panel === "object" && <PersonPanel person={panel} onClose={() => setPanel(null)} />}
    </>
  );
}
