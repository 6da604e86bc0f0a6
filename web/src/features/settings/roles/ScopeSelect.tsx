import { Pencil } from "lucide-react";
import { EVERY_OBJECT, SCOPES, type Grant, type Scope } from "@/api/access";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { plainGrant, tone } from "./model";
import styles from "./Roles.module.css";

const FOLLOW = "follow";

interface Props {
  object: string;
  /** What it says to a screen reader: object and action. */
  label: string;
  grant: Grant | null;
  /** Whether the role says this of the object itself. */
  own: boolean;
  inherited: Grant | null;
  /** Not saved yet, or other than in the role it is compared with. */
  mark: "changed" | "differs" | undefined;
  title: string;
  disabled: boolean;
  onPick: (grant: Grant | null) => void;
  /** Scopes that say more than their name: departments, a condition. */
  onDetails: (scope: "departments" | "filter") => void;
}

/** One cell of the matrix: a native drop-down, so that three hundred of them stay light and a phone shows its own. */
export function ScopeSelect({ object, label, grant, own, inherited, mark, title, disabled, onPick, onDetails }: Props) {
  const { t } = useSpeech();
  const every = object === EVERY_OBJECT;
  const scope: Scope = grant?.scope ?? "none";
  const says = (each: Scope) => t(`scope.${each}`);
  const pick = (value: string) => {
    if (value === FOLLOW) onPick(null);
    else if (value === "departments" || value === "filter") onDetails(value);
    else onPick(plainGrant(value as Scope));
  };
  const detailed = own && (scope === "departments" || scope === "filter");
  return (
    <span className={styles["cell"]} data-mark={mark} data-tone={tone(scope)} data-own={own || every}>
      <select aria-label={label} title={title} disabled={disabled} value={own || every ? scope : FOLLOW} onChange={(event) => pick(event.target.value)}>
        {!every && <option value={FOLLOW}>{t("matrix.follow", { scope: says(inherited?.scope ?? "none") })}</option>}
        {SCOPES.filter((each) => !every || each !== "filter").map((each) => <option key={each} value={each}>{says(each)}</option>)}
      </select>
      {detailed && !disabled && <IconButton small label={`${label}: ${t("action.edit")}`} onClick={() => onDetails(scope)}><Pencil size={11} /></IconButton>}
    </span>
  );
}
