import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Tabs } from "antd";
import { ChevronRight } from "lucide-react";
import { lazy, Suspense, useMemo } from "react";
import { useCatalog } from "@/api/catalog";
import { DesignContext } from "@/fields/parts/design";
import { useSpeech } from "@/messages";
import { ObjectMark } from "@/ui/Mark";
import { Bone, State } from "@/ui/State";
import styles from "../Build.module.css";
import { designed, useDraft } from "../draft/context";
import { FieldsTab } from "../fields/FieldsTab";
import { LayoutTab } from "../layout/LayoutTab";
import { RulesTab } from "../rules/RulesTab";
import { SettingsTab } from "./SettingsTab";

const PipelinesTab = lazy(() => import("../pipelines/PipelinesTab"));
const tabs = ["fields", "layout", "rules", "pipelines", "settings"] as const;
type Tab = (typeof tabs)[number];

/** One object, from its fields to its rules; everything is an edit of the draft. */
export function ObjectPage() {
  const { object } = useParams({ strict: false });
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const draft = useDraft();
  const found = catalog.object(object ?? "");
  const changeSet = draft.set?.operations.length ? draft.set.id : null;
  const { stands } = draft;
  const place = useMemo(() => ({ object: object ?? "", changeSet, stands }), [object, changeSet, stands]);
  if (!found) return <State drawing="missing" title={t("state.notFoundTitle")} hint={<Link to="/settings/objects">{t("settings.objects")}</Link>} />;
  const type = designed(found);
  const shown: Tab = tabs.find((each) => each === tab) ?? "fields";
  const pages = { fields: <FieldsTab type={type} />, layout: <LayoutTab type={type} />, rules: <RulesTab type={type} />, pipelines: <Suspense fallback={<Bone height={160} />}><PipelinesTab type={type} /></Suspense>, settings: <SettingsTab type={type} /> };
  return (
    <DesignContext value={place}>
      <header className={styles["head"]}>
        <ObjectMark icon={type.icon} color={type.color} size={36} />
        <div>
          <p className={styles["crumbs"]}><Link to="/settings/objects">{t("settings.objects")}</Link><ChevronRight size={12} aria-hidden /></p>
          <h2 className={styles["title"]}>{say(type.label)}</h2>
        </div>
      </header>
      <Tabs activeKey={shown} destroyOnHidden onChange={(next) => void navigate({ to: "/settings/objects/$object", params: { object: type.api_name }, search: { tab: next } })} items={tabs.map((each) => ({ key: each, label: t(`object.tab.${each}`), children: each === shown ? pages[each] : null }))} />
    </DesignContext>
  );
}
