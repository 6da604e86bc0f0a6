import "./words";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { ObjectType } from "@/api/types";
import { FilterChips } from "@/features/base/filters/FilterChips";
import { fromFilter } from "@/features/base/filters/model";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { Bone, ErrorState, State } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import styles from "./Grading.module.css";
import { useRefresh, useRules, type GradingRule } from "./read";
import { RulePanel } from "./RulePanel";

/** Objects that have something a rule could set. */
const gradable = (type: ObjectType) => type.kind !== "system" && type.fields.some((field) => !field.system && ["tags", "single_choice"].includes(field.type));

function Row({ rule, type, onOpen }: { rule: GradingRule; type: ObjectType; onOpen: () => void }) {
  const { t, say } = useSpeech();
  const field = type.fields.find((each) => each.api_name === rule.field);
  const choice = field?.config.choices?.find((each) => each.key === rule.value);
  return (
    <li className={styles["rule"]} data-rule={rule.id}>
      <div className={styles["what"]}>
        <p>
          <button type="button" className={styles["name"]} onClick={onOpen}>{rule.name}</button>
          <Tag color={choice?.color ?? "green"}>{t("grading.sets", { field: say(field?.label) || rule.field, value: say(choice?.label) || rule.value })}</Tag>
          {rule.days !== null && <Tag color="gray">{t("grading.forDays", { n: rule.days })}</Tag>}
          {!rule.active && <Tag color="yellow">{t("grading.off")}</Tag>}
          {rule.broken && <Tag color="red">{t("grading.broken")}</Tag>}
        </p>
        <div className={styles["line"]}><FilterChips object={rule.object} group={fromFilter(rule.condition)} onOpen={onOpen} /></div>
      </div>
      <span className={styles["hint"]}>{t("grading.held", { n: rule.held })}</span>
      <Button size="small" type="text" onClick={onOpen}>{t("action.edit")}</Button>
    </li>
  );
}

/** Rules that set levels and tags, object by object. */
export function GradingPage() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const types = catalog.data.objects.filter(gradable);
  const search = useSearch({ strict: false }) as { object?: string };
  const type = types.find((each) => each.api_name === (search.object ?? "account")) ?? types[0];
  const rules = useRules(type?.api_name ?? "");
  const [edited, setEdited] = useState<GradingRule | "new" | null>(null);
  const [busy, setBusy] = useState(false);
  if (!type) return <State drawing="rows" title={t("grading.none")} />;
  const apply = async () => {
    setBusy(true);
    try {
      const { changed } = await api.post<{ changed: number }>("/grading/apply", undefined, { query: { object: type.api_name } });
      toast(t("grading.applied", { n: changed }));
      await refresh();
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  const list = rules.data?.rules ?? [];
  return (
    <div data-testid="grading">
      <header className={styles["head"]}>
        <div><h2 className={styles["title"]}>{t("grading.title")}</h2><p className={styles["hint"]}>{t("grading.hint")}</p></div>
        <div style={{ width: 140 }}><Choose label={t("grading.object")} clearable={false} value={type.api_name} options={types.map((each) => ({ value: each.api_name, text: say(each.label) }))} onPick={(object) => void navigate({ to: ".", replace: true, search: { object } as never })} /></div>
        {list.some((rule) => rule.active) && <Button loading={busy} onClick={() => void apply()}>{t("grading.apply")}</Button>}
        <Button type="primary" icon={<Plus size={14} />} onClick={() => setEdited("new")}>{t("grading.new")}</Button>
      </header>
      {rules.isError && <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.isPending && <Bone height={60} />}
      {rules.data && list.length === 0 && <State drawing="rows" title={t("grading.none")} hint={t("grading.noneHint")} />}
      <ul className={styles["rules"]}>{list.map((rule) => <Row key={rule.id} rule={rule} type={type} onOpen={() => setEdited(rule)} />)}</ul>
      {edited && <RulePanel key={edited === "new" ? "new" : edited.id} type={type} rule={edited === "new" ? null : edited} last={Math.max(0, ...list.map((rule) => rule.position))} onClose={() => setEdited(null)} />}
    </div>
  );
}
