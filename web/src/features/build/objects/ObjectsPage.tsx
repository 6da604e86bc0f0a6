import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Segmented } from "antd";
import { ArchiveRestore, Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { ObjectMark } from "@/ui/Mark";
import { complain } from "@/ui/says";
import { Bone } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";
import { NewObject } from "./NewObject";

const Picture = lazy(() => import("./ModelPicture"));

function Card({ type, fresh }: { type: ObjectType; fresh: boolean }) {
  const { t, say } = useSpeech();
  return (
    <li>
      <Link to="/settings/objects/$object" params={{ object: type.api_name }} className={styles["card"]}>
        <ObjectMark icon={type.icon} color={type.color} size={32} />
        <span className={styles["cardText"]}>
          <b>{say(type.label)}</b>
          <small>{t("objects.fieldCount", { n: type.fields.length })} · <code>{type.api_name}</code></small>
        </span>
        <span className={styles["tags"]}>
          {fresh && <Tag color="green">{t("draft.new")}</Tag>}
          {!type.in_navigation && type.kind !== "system" && <Tag color="gray">{t("objects.hidden")}</Tag>}
          {type.kind === "system" && <Tag color="gray">{t("objects.kind.system")}</Tag>}
        </span>
      </Link>
    </li>
  );
}

/** Objects that were removed keep their data for a while and come back whole. */
function Archived() {
  const { t, say } = useSpeech();
  const { archivedObjects, edit } = useDraft();
  if (archivedObjects.length === 0) return null;
  return (
    <section className={styles["zone"]}>
      <h3>{t("objects.archived")}</h3>
      <ul>
        {archivedObjects.map((each) => (
          <li key={each.id} className={styles["change"]}>
            <p>{say(each.label)} <code className={styles["code"]}>{each.api_name}</code></p>
            <Button size="small" icon={<ArchiveRestore size={14} />} aria-label={t("objects.restoreOf", { name: say(each.label) })} onClick={() => void edit({ kind: "restore_object", object_id: each.id }).catch((error: unknown) => complain(error, t))}>{t("objects.restore")}</Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Every object, as a list or as a picture of how they hang together. */
export function ObjectsPage() {
  const catalog = useCatalog();
  const { t } = useSpeech();
  const navigate = useNavigate();
  const draft = useDraft();
  const [making, setMaking] = useState(false);
  const [view, setView] = useState<"list" | "picture">("list");
  const types = [...catalog.data.objects].sort((a, b) => Number(a.kind === "system") - Number(b.kind === "system") || a.position - b.position);
  const fresh = new Set(draft.set?.operations.filter((each) => each.kind === "create_object").map((each) => each["api_name"]));
  const open = (object: string) => void navigate({ to: "/settings/objects/$object", params: { object } });
  return (
    <>
      <header className={styles["head"]}>
        <div><h2 className={styles["title"]}>{t("settings.objects")}</h2><p className={styles["hint"]}>{t("objects.hint")}</p></div>
        <Segmented aria-label={t("objects.view")} value={view} options={[{ value: "list", label: t("objects.asList") }, { value: "picture", label: t("objects.asPicture") }]} onChange={(next) => setView(next as typeof view)} />
        <Button type="primary" icon={<Plus size={14} />} onClick={() => setMaking(true)}>{t("objects.new")}</Button>
      </header>
      {view === "picture" ? (
        <Suspense fallback={<Bone height={320} />}><Picture onOpen={open} /></Suspense>
      ) : (
        <ul className={styles["cards"]} aria-label={t("objects.list")}>{types.map((type) => <Card key={type.id} type={type} fresh={fresh.has(type.api_name)} />)}</ul>
      )}
      <Archived />
      {making && <NewObject onClose={() => setMaking(false)} onMade={open} />}
    </>
  );
}
