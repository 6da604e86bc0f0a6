import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronDown, Pencil, Plus, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, View, ViewConfig } from "@/api/types";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { useScrollEdges } from "@/ui/scrollEdges";
import styles from "./List.module.css";
import { viewIcon, viewPath } from "@/features/base/viewKinds";
import { ViewPanel } from "./ViewPanel";
import { useViewWrites } from "./views";
import { shapeOf } from "../view/drawing";

interface Props {
  type: ObjectType;
  current: View | undefined;
  kind: View["kind"];
  config: ViewConfig;
}

function KindIcon({ kind }: { kind: View["kind"] }) {
  const Icon = viewIcon[kind];
  return <Icon size={13} aria-hidden />;
}

/** Saved views as tabs, each in its own way of looking. */
export function ViewTabs({ type, current, kind, config }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const writes = useViewWrites(type.api_name);
  const [panel, setPanel] = useState<"new" | "rename" | null>(null);
  const row = useRef<HTMLElement>(null);
  useScrollEdges(row);
  const views = catalog.views(type.api_name);
  const go = (view: View) => void navigate({ to: viewPath[view.kind], params: { object: type.api_name }, search: { view: view.id } });

  return (
    <nav ref={row} className={styles["tabs"]} aria-label={t("list.views")}>
      {!views.some((view) => view.kind === "list") && (
        <span className={cx(styles["tab"], kind === "list" && styles["tabOn"])}>
          <Link to={viewPath.list} params={{ object: type.api_name }} className={styles["tabLink"]} aria-current={kind === "list" ? "page" : undefined}>{t("list.allView", { label: say(type.label_plural) })}</Link>
        </span>
      )}
      {views.map((view) => {
        const on = view.id === current?.id && view.kind === kind;
        return (
          <span key={view.id} className={cx(styles["tab"], on && styles["tabOn"])}>
            <Link
              to={viewPath[view.kind]}
              params={{ object: type.api_name }}
              search={{ view: view.id }}
              className={styles["tabLink"]}
              aria-current={on ? "page" : undefined}
            >
              {view.kind !== "list" && <KindIcon kind={view.kind} />}
              {say(view.name)}
            </Link>
            {on && view.editable && (
              <Menu
                placement="bottomLeft"
                entries={[
                  { key: "rename", label: t("list.viewRename"), icon: <Pencil size={14} />, onSelect: () => setPanel("rename") },
                  { key: "delete", label: t("list.viewDelete"), icon: <Trash2 size={14} />, danger: true, onSelect: () => void writes.remove(view).then(() => navigate({ to: "/o/$object", params: { object: type.api_name } })) },
                ]}
              >
                <IconButton small label={t("list.viewMenu", { name: say(view.name) })}><ChevronDown size={12} /></IconButton>
              </Menu>
            )}
          </span>
        );
      })}
      <IconButton small label={t("list.viewNew")} onClick={() => setPanel("new")}><Plus size={14} /></IconButton>
      {panel === "new" && (
        <ViewPanel
          title={t("list.viewNew")}
          type={type}
          isNew
          initial={{ name: "", visibility: "private", roles: [], kind }}
          onClose={() => setPanel(null)}
          onSave={async (draft) => {
            const view = await writes.create(draft, kind, config);
            if (view) go(view);
            return view;
          }}
        />
      )}
      {panel === "rename" && current && (
        <ViewPanel title={t("list.viewRename")} type={type} initial={{ name: say(current.name), visibility: current.visibility, roles: current.roles ?? [], kind: current.kind, config: shapeOf(current) }} onClose={() => setPanel(null)} onSave={(draft) => writes.rename(current, draft)} />
      )}
    </nav>
  );
}
