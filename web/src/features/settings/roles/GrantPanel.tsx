import { Button, TreeSelect } from "antd";
import { useState } from "react";
import type { Grant } from "@/api/access";
import { useCatalog } from "@/api/catalog";
import { FilterBuilder } from "@/features/base/filters/FilterBuilder";
import { fromFilter, toFilter } from "@/features/base/filters/model";
import { useSpeech } from "@/messages";
import { Panel } from "@/ui/Panel";
import { useDepartments } from "../access/departments";
import styles from "./Roles.module.css";

interface Props {
  title: string;
  object: string;
  scope: "departments" | "filter";
  grant: Grant | null;
  onDone: (grant: Grant) => void;
  onClose: () => void;
}

/** What a scope needs beyond its name: which departments, or which condition. */
export function GrantPanel({ title, object, scope, grant, onDone, onClose }: Props) {
  const { t } = useSpeech();
  const catalog = useCatalog();
  const tree = useDepartments().nodes;
  const [departments, setDepartments] = useState<string[]>(grant?.scope === "departments" ? grant.departments : []);
  const [group, setGroup] = useState(() => fromFilter(grant?.scope === "filter" ? grant.condition : null));
  const condition = toFilter(group, catalog.data.operators);
  const ready = scope === "filter" ? condition !== null : departments.length > 0;
  const done = () => onDone(scope === "filter" ? { scope, departments: [], condition } : { scope, departments, condition: null });
  return (
    <Panel
      wide={scope === "filter"}
      title={title}
      onClose={onClose}
      footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" disabled={!ready} onClick={done}>{t("action.apply")}</Button></>}
    >
      {scope === "filter" && (
        <>
          <p className={styles["hint"]}>{t("grant.condition")}</p>
          <FilterBuilder object={object} group={group} onChange={setGroup} />
          {!ready && <p className={styles["hint"]}>{t("grant.missing")}</p>}
        </>
      )}
      {scope === "departments" && (
        <>
          <p className={styles["hint"]}>{t("grant.departmentsHint")}</p>
          <TreeSelect
            style={{ width: "100%" }} multiple treeDefaultExpandAll allowClear showSearch treeNodeFilterProp="title" aria-label={t("grant.departments")}
            placeholder={t("grant.noDepartment")} value={departments} treeData={tree} onChange={setDepartments}
          />
        </>
      )}
    </Panel>
  );
}
