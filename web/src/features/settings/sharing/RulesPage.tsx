import { Button } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { SharingRule } from "@/api/access";
import { useCatalog } from "@/api/catalog";
import { usePower } from "@/api/session";
import { FilterChips } from "@/features/base/filters/FilterChips";
import { fromFilter } from "@/features/base/filters/model";
import { principalOf } from "@/features/base/principals";
import { useSpeech } from "@/messages";
import { Bone, ErrorState, State } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { useRules } from "../access/read";
import settings from "../Settings.module.css";
import { RulePanel } from "./RulePanel";
import styles from "./Rules.module.css";

function Rule({ rule, onOpen }: { rule: SharingRule; onOpen: (() => void) | null }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const type = catalog.object(rule.object);
  const to = rule.principals.map(({ principal, label }) => principalOf(principal, label));
  return (
    <li className={styles["rule"]}>
      <div className={styles["what"]}>
        <p>
          {onOpen ? <button type="button" className={styles["name"]} onClick={onOpen}>{say(rule.name)}</button> : <strong>{say(rule.name)}</strong>}
          <Tag color={rule.access === "edit" ? "blue" : "gray"}>{t(rule.access === "edit" ? "why.edit" : "why.read")}</Tag>
          {!rule.active && <Tag color="yellow">{t("rules.off")}</Tag>}
        </p>
        <div className={styles["line"]}>
          <span>{t("rules.of", { name: say(type?.label_plural) || rule.object })}</span>
          <FilterChips object={rule.object} group={fromFilter(rule.condition)} onOpen={onOpen ?? (() => undefined)} />
        </div>
        <p className={settings["hint"]}>{t("rules.to", { names: to.map((each) => `${t(`principal.${each.kind}`)} ${each.label}`).join(t("list.comma")) })}</p>
      </div>
      {onOpen && <Button size="small" type="text" onClick={onOpen} aria-label={t("rules.edit", { name: say(rule.name) })}>{t("action.edit")}</Button>}
    </li>
  );
}

/** Rules that open records by what they say, not by who owns them. */
export function RulesPage() {
  const { t } = useSpeech();
  const writes = usePower("roles");
  const rules = useRules();
  const [edited, setEdited] = useState<SharingRule | "new" | null>(null);
  return (
    <>
      <header className={settings["head"]}>
        <div><h2 className={settings["title"]}>{t("settings.rules")}</h2><p className={settings["hint"]}>{t("rules.hint")}</p></div>
        {writes && <Button type="primary" icon={<Plus size={14} />} onClick={() => setEdited("new")}>{t("rules.new")}</Button>}
      </header>
      {rules.isError && <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.isPending && <Bone width="60%" />}
      {rules.isSuccess && rules.data.length === 0 && <State drawing="rows" title={t("rules.none")} hint={t("rules.noneHint")} />}
      <ul data-testid="sharing-rules">{rules.data?.map((rule) => <Rule key={rule.id} rule={rule} onOpen={writes ? () => setEdited(rule) : null} />)}</ul>
      {edited && <RulePanel rule={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}
