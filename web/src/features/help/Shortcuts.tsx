import { useSpeech, type MessageKey } from "@/messages";
import type { help } from "@/messages/help";
import { Panel } from "@/ui/Panel";
import styles from "./Help.module.css";

type Said = keyof typeof help;
const MOD = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";
const GROUPS: [Said, [string[], Said][]][] = [
  ["help.everywhere", [[[MOD, "K"], "help.palette"], [["?"], "help.this"], [["Esc"], "help.close"]]],
  ["help.list", [
    [["↑", "↓", "←", "→"], "help.move"], [["Enter"], "help.open"], [["E"], "help.edit"], [["Space"], "help.select"], [["/"], "help.filter"],
    [["Shift", "↑ ↓ ← →"], "help.range"], [[MOD, "C / V"], "help.copy"], [[MOD, "D"], "help.fill"], [[MOD, "Z"], "help.undo"],
  ]],
  ["help.board", [[["Space"], "help.pick"], [["↑", "↓", "←", "→"], "help.carry"], [["Esc"], "help.cancel"]]],
  ["help.record", [[[MOD, "Enter"], "help.save"]]],
];

/** All keys on one sheet. */
export function Shortcuts({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const say = (key: Said) => t(key as MessageKey as "help.list");
  return (
    <Panel title={t("help.shortcuts")} onClose={onClose}>
      <div className={styles["sheet"]} data-testid="shortcuts">
        {GROUPS.map(([title, rows]) => (
          <section key={title} aria-label={say(title)}>
            <h3>{say(title)}</h3>
            <dl>{rows.map(([names, text]) => <div key={text}><dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt><dd>{say(text)}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </Panel>
  );
}
