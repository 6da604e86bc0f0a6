import { useSpeech } from "@/messages";
import { categories } from "@/tokens/theme";
import { FormRow } from "@/ui/FormRow";
import { ObjectIcon, objectIconNames } from "@/ui/icons";
import styles from "../Build.module.css";

/** Icon and colour of an object. */
export function FacePicker({ icon, color, onChange }: { icon: string | null; color: string | null; onChange: (face: { icon?: string; color?: string }) => void }) {
  const { t } = useSpeech();
  return (
    <>
      <FormRow label={t("objects.icon")}>
        {() => (
          <div className={styles["icons"]} role="radiogroup" aria-label={t("objects.icon")}>
            {objectIconNames.map((each) => <button key={each} type="button" role="radio" aria-checked={icon === each} aria-label={each} className={styles["icon"]} onClick={() => onChange({ icon: each })}><ObjectIcon name={each} size={18} /></button>)}
          </div>
        )}
      </FormRow>
      <FormRow label={t("objects.color")}>
        {() => (
          <div className={styles["swatches"]} role="radiogroup" aria-label={t("objects.color")}>
            {categories.map((each) => <button key={each} type="button" role="radio" aria-checked={color === each} aria-label={each} className={styles["swatch"]} style={{ background: `var(--cat-${each}-solid)` }} onClick={() => onChange({ color: each })} />)}
          </div>
        )}
      </FormRow>
    </>
  );
}
