import { Checkbox, Input } from "antd";
import { POWERS, type Power } from "@/api/access";
import { useSession } from "@/api/session";
import type { Localized } from "@/api/types";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import settings from "../Settings.module.css";
import styles from "./Roles.module.css";
import type { RoleDesk } from "./useRoleDraft";

const LANGUAGES = [["zh-CN", "objects.labelZh", "roles.descriptionZh"], ["en", "objects.labelEn", "roles.descriptionEn"]] as const;

/** What the role is called, and administration apart from data. Nobody gives a power they do not hold. */
export function Powers({ desk, disabled }: { desk: RoleDesk; disabled: boolean }) {
  const { t } = useSpeech();
  const { user } = useSession();
  const { draft } = desk;
  const say = (part: "label" | "description", language: string, text: string) => desk.setDraft((old) => ({ ...old, [part]: { ...old[part], [language]: text } as Localized }));
  const toggle = (power: Power, on: boolean) => desk.setDraft((old) => ({ ...old, powers: [...old.powers.filter((each) => each !== power), ...(on ? [power] : [])].sort() }));
  return (
    <div className={styles["form"]}>
      <div className={settings["pair"]}>
        {LANGUAGES.map(([language, label]) => <FormRow key={language} label={t(label)}>{({ id }) => <Input id={id} disabled={disabled} maxLength={80} value={draft.label[language] ?? ""} onChange={(event) => say("label", language, event.target.value)} />}</FormRow>)}
        {LANGUAGES.map(([language, , label]) => <FormRow key={language} label={t(label)}>{({ id }) => <Input.TextArea id={id} disabled={disabled} autoSize={{ minRows: 2 }} value={draft.description[language] ?? ""} onChange={(event) => say("description", language, event.target.value)} />}</FormRow>)}
      </div>
      <div className={styles["powers"]} role="group" aria-label={t("roles.powers")}>
        <p className={styles["hint"]}>{t("roles.powersHint")}</p>
        {POWERS.map((power) => (
          <Checkbox key={power} disabled={disabled || !user.powers.includes(power)} checked={draft.powers.includes(power)} onChange={(event) => toggle(power, event.target.checked)}>
            {t(`power.${power}`)}<small>{t(`powerHint.${power}`)}</small>
          </Checkbox>
        ))}
      </div>
    </div>
  );
}
