import { Background, Controls, Handle, MarkerType, Position, ReactFlow, type Node, type NodeProps } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useMemo } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { ObjectMark } from "@/ui/Mark";
import styles from "../Build.module.css";
import { edgesOf, placed } from "./picture";

type ObjectNode = Node<{ type: ObjectType; onOpen: (object: string) => void }, "object">;

function ObjectBox({ data }: NodeProps<ObjectNode>) {
  const { t, say } = useSpeech();
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button type="button" className={styles["node"]} onClick={() => data.onOpen(data.type.api_name)}>
        <ObjectMark icon={data.type.icon} color={data.type.color} size={24} />
        <span><b>{say(data.type.label)}</b><small>{t("objects.fieldCount", { n: data.type.fields.length })}</small></span>
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}
const nodeTypes = { object: ObjectBox };

/** How the objects point at each other; a click opens one. */
export default function ModelPicture({ onOpen }: { onOpen: (object: string) => void }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const { nodes, edges } = useMemo(() => {
    const found = edgesOf(catalog);
    const linked = new Set(found.flatMap((edge) => [edge.source, edge.target]));
    const shown = catalog.data.objects.filter((type) => type.kind !== "system" || linked.has(type.api_name));
    return {
      nodes: placed(shown, found).map(({ type, x, y }): ObjectNode => ({ id: type.api_name, type: "object", position: { x, y }, data: { type, onOpen } })),
      // Lines run from what is pointed at to what points, left to right as the columns stand.
      edges: found.map((edge) => ({ id: edge.id, source: edge.target, target: edge.source, label: say(catalog.field(edge.source, edge.field)?.label), markerStart: { type: MarkerType.ArrowClosed } })),
    };
  }, [catalog, say, onOpen]);
  return (
    <figure className={styles["picture"]} aria-label={t("objects.picture")} data-testid="model-picture">
      <ReactFlow nodes={nodes} edges={edges} nodeTypes={nodeTypes} fitView nodesConnectable={false} nodesFocusable={false} edgesFocusable={false} proOptions={{ hideAttribution: false }} minZoom={0.2}>
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </figure>
  );
}
