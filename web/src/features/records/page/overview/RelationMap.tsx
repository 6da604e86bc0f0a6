import { Background, Handle, MarkerType, Position, ReactFlow, type Node, type NodeProps } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { useSpeech } from "@/messages";
import { Mark } from "@/ui/Mark";
import { Tag } from "@/ui/Tag";
import styles from "./Overview.module.css";
import { byRole, linesOf, placesOf } from "./people";

type PersonNode = Node<{ name: string; role: string; color: string | null; onOpen: () => void }, "person">;

function Person({ data }: NodeProps<PersonNode>) {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <button type="button" className={styles["node"]} onClick={data.onOpen}>
        <Mark name={data.name} size={24} />
        <span className={styles["nodeText"]}><b>{data.name}</b>{data.role && <Tag color={data.color}>{data.role}</Tag>}</span>
      </button>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
}
const nodeTypes = { person: Person };

interface Props {
  type: ObjectType;
  people: RecordData[];
  roles: Field | null;
  above: Field | null;
}

/** People of a customer, a row for each role, with lines from who leads to who reports. */
export default function RelationMap({ type, people, roles, above }: Props) {
  const navigate = useNavigate();
  const { t, say } = useSpeech();
  const { nodes, edges } = useMemo(() => {
    const groups = byRole(people, roles);
    const roleOf = new Map(groups.flatMap((group) => group.people.map((person) => [person.id, group.key] as const)));
    const byId = new Map(people.map((person) => [person.id, person]));
    return {
      nodes: placesOf(groups).map(({ id, x, y }): PersonNode => {
        const choice = roles?.config.choices?.find((each) => each.key === roleOf.get(id));
        return { id, type: "person", position: { x, y }, data: { name: String(byId.get(id)?.[type.title_field] ?? "?"), role: choice ? say(choice.label) : "", color: choice?.color ?? null, onOpen: () => void navigate({ to: "/o/$object/$id", params: { object: type.api_name, id } }) } };
      }),
      edges: linesOf(people, above).map(({ from, to }) => ({ id: `${from}-${to}`, source: from, target: to, markerEnd: { type: MarkerType.ArrowClosed } })),
    };
  }, [people, roles, above, type, say, navigate]);
  return (
    <figure className={styles["map"]} aria-label={t("relations.map")} data-testid="relation-map">
      <ReactFlow nodes={nodes} edges={edges} nodeTypes={nodeTypes} fitView fitViewOptions={{ maxZoom: 1, padding: 0.1 }} nodesConnectable={false} nodesDraggable={false} nodesFocusable={false} edgesFocusable={false} minZoom={0.2} preventScrolling={false} zoomOnScroll={false}>
        <Background />
      </ReactFlow>
    </figure>
  );
}
