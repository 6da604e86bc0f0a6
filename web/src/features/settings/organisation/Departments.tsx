import { Button, Input, Tree } from "antd";
import { Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { Bone, ErrorState } from "@/ui/State";
import { useDepartments, type DepartmentNode } from "../access/departments";
import { DepartmentPanel } from "./DepartmentPanel";
import { DepartmentPeople } from "./DepartmentPeople";
import { ImportButton } from "./ImportButton";
import styles from "./Organisation.module.css";

interface Shown {
  key: string;
  title: ReactNode;
  children: Shown[];
}

/** What matches and everything above it. */
function narrow(nodes: DepartmentNode[], text: string): DepartmentNode[] {
  if (!text) return nodes;
  return nodes.flatMap((node) => {
    const children = narrow(node.children, text);
    return children.length || node.title.toLowerCase().includes(text) ? [{ ...node, children }] : [];
  });
}
const shown = (nodes: DepartmentNode[]): Shown[] => nodes.map((node) => ({ key: node.value, title: node.title, children: shown(node.children) }));
const TALL = 60;

/** The tree on the left, the chosen department with its people on the right. */
export function Departments() {
  const { t } = useSpeech();
  const catalog = useCatalog();
  const departments = useDepartments();
  const [chosen, setChosen] = useState<string | null>(null);
  const [search, setSearch] = useState("");
  const [making, setMaking] = useState(false);
  const mayCreate = catalog.object("department")?.permissions.create ?? false;
  const nodes = narrow(departments.nodes, search.trim().toLowerCase());
  const current = departments.records.find((record) => record.id === chosen) ?? departments.nodes[0]?.record ?? null;
  if (departments.isError) return <ErrorState error={departments.error} onRetry={() => void departments.refetch()} />;
  if (departments.isPending) return <Bone width="50%" />;
  return (
    <div className={styles["split"]}>
      <section aria-label={t("org.tab.departments")}>
        <div className={styles["tools"]}>
          <Input.Search allowClear value={search} placeholder={t("org.searchDepartment")} aria-label={t("org.searchDepartment")} onChange={(event) => setSearch(event.target.value)} />
          <ImportButton object="department" small />
          {mayCreate && <Button icon={<Plus size={14} />} aria-label={t("org.addDepartment")} title={t("org.addDepartment")} onClick={() => setMaking(true)} />}
        </div>
        <div data-testid="department-tree">
          {nodes.length > 0 && <Tree
            key={search ? "found" : "all"} blockNode defaultExpandAll treeData={shown(nodes)} selectedKeys={current ? [current.id] : []}
            {...(departments.records.length > TALL ? { height: 560 } : {})} onSelect={([key]) => key !== undefined && setChosen(String(key))}
          />}
        </div>
        {departments.records.length === 0 && <p className={styles["quiet"]}>{t("org.noDepartments")}</p>}
      </section>
      <section>{current && <DepartmentPeople key={current.id} department={current} tree={departments} onChoose={setChosen} />}</section>
      {making && <DepartmentPanel department={null} parent={null} onClose={() => setMaking(false)} onSaved={setChosen} />}
    </div>
  );
}
