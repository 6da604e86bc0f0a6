import { Button, Segmented } from "antd";
import { Plus, X } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import styles from "./filters.module.css";
import { newGroup, newRule, replaceNode, type Group, type Node } from "./model";
import { RuleRow } from "./RuleRow";

interface Props {
  object: string;
  group: Group;
  onChange: (group: Group) => void;
  depth?: number;
  /** Only the object's own fields, where a condition is judged on one record alone. */
  own?: boolean;
}

/** Conditions joined by "and" or "or", in groups two deep, which is as deep as people can read. */
export function FilterBuilder({ object, group, onChange, depth = 0, own = false }: Props) {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const start = () => {
    const type = catalog.object(object);
    const field = type?.fields.find((candidate) => candidate.api_name === (type.board_field ?? "owner")) ?? type?.fields[0];
    return newRule(field?.api_name ?? "", field?.operators[0] ?? "eq");
  };
  const replace = (id: string, node: Node | null) => onChange(replaceNode(group, id, node));
  return (
    <div className={depth ? styles["nested"] : styles["builder"]}>
      {group.nodes.length > 1 && (
        <Segmented
          size="small"
          aria-label={t("filter.join")}
          value={group.join}
          options={[{ value: "and", label: t("filter.and") }, { value: "or", label: t("filter.or") }]}
          onChange={(join) => onChange({ ...group, join: join as Group["join"] })}
        />
      )}
      {group.nodes.length === 0 && depth === 0 && <p className={styles["hint"]}>{t("filter.empty")}</p>}
      {group.nodes.map((node) => {
        if (node.kind === "rule") return <RuleRow key={node.id} object={object} own={own} rule={node} onChange={(next) => replace(node.id, next)} onRemove={() => replace(node.id, null)} />;
        if (node.kind === "group") return <FilterBuilder key={node.id} object={object} own={own} group={node} depth={depth + 1} onChange={(next) => replace(node.id, next)} />;
        return (
          <div key={node.id} className={styles["raw"]}>
            {t("filter.related")}
            <IconButton small label={t("filter.remove", { name: t("filter.related") })} onClick={() => replace(node.id, null)}><X size={13} /></IconButton>
          </div>
        );
      })}
      <div className={styles["add"]}>
        <Button size="small" type="text" icon={<Plus size={14} />} onClick={() => onChange({ ...group, nodes: [...group.nodes, start()] })}>{t("filter.add")}</Button>
        {depth < 1 && (
          <Button size="small" type="text" icon={<Plus size={14} />} onClick={() => onChange({ ...group, nodes: [...group.nodes, newGroup("or", [start()])] })}>{t("filter.addGroup")}</Button>
        )}
      </div>
    </div>
  );
}
