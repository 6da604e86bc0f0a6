import { Button, Switch } from "antd";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { complain } from "@/ui/says";
import styles from "../Build.module.css";
import { useDraft } from "../draft/context";
import type { Designed, Rule } from "../model";
import { RulePanel } from "./RulePanel";
import { UniqueList } from "./UniqueList";

/** What must hold of every record of the object, on every path in. */
export function RulesTab({ type }: { type: Designed }) {
  const { t, say } = useSpeech();
  const { edit } = useDraft();
  const [edited, setEdited] = useState<Rule | "new" | null>(null);
  const rules = type.design.rules;
  const set = (next: Rule[]) => edit({ kind: "update_object", object: type.api_name, set: { rules: next } });
  const quietly = (next: Rule[]) => void set(next).catch((error: unknown) => complain(error, t));
  const place = (rule: Rule) => (rule.field ? say(type.fields.find((field) => field.api_name === rule.field)?.label) : t("validation.atRecord"));
  return (
    <div className={styles["form"]}>
      <section>
        <div className={styles["tools"]}>
          <div><h3>{t("validation.title")}</h3><p className={styles["hint"]}>{t("validation.hint")}</p></div>
          <Button type="primary" icon={<Plus size={14} />} onClick={() => setEdited("new")}>{t("validation.add")}</Button>
        </div>
        <ul aria-label={t("validation.title")} data-testid="rules">
          {rules.map((rule) => (
            <li key={rule.key} className={styles["change"]}>
              <div><p>{say(rule.message)}</p><code className={styles["code"]}>{rule.error_when}</code><p className={styles["hint"]}>{[place(rule), rule.held ? t("validation.isHeld") : ""].filter(Boolean).join(" \u00b7 ")}</p></div>
              <span className={styles["tags"]}>
                <Switch size="small" aria-label={t("validation.activeOf", { name: say(rule.message) })} checked={rule.active} onChange={(active) => quietly(rules.map((each) => (each === rule ? { ...rule, active } : each)))} />
                <IconButton label={t("validation.editOf", { name: say(rule.message) })} onClick={() => setEdited(rule)}><Pencil size={14} /></IconButton>
                <IconButton label={t("validation.removeOf", { name: say(rule.message) })} onClick={() => quietly(rules.filter((each) => each !== rule))}><Trash2 size={14} /></IconButton>
              </span>
            </li>
          ))}
        </ul>
        {rules.length === 0 && <p className={styles["hint"]}>{t("validation.none")}</p>}
      </section>
      <UniqueList type={type} />
      {edited && <RulePanel type={type} rule={edited === "new" ? null : edited} onClose={() => setEdited(null)} onSave={(rule) => set(edited === "new" ? [...rules, rule] : rules.map((each) => (each === edited ? rule : each)))} />}
    </div>
  );
}
