import { Button, Modal } from "antd";
import { useCatalog } from "@/api/catalog";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { setConflict, useConflict } from "./conflict";
import styles from "./ConflictDialog.module.css";

/** Two people changed one record: both values side by side, and a choice. Nothing is overwritten unseen. */
export function ConflictDialog() {
  const conflict = useConflict();
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  if (!conflict) return null;
  const settle = (choice: () => void) => {
    setConflict(null);
    choice();
  };
  return (
    <Modal
      open
      title={t("conflict.title")}
      onCancel={() => settle(conflict.keepTheirs)}
      footer={[
        <Button key="theirs" onClick={() => settle(conflict.keepTheirs)}>{t("conflict.keepTheirs")}</Button>,
        <Button key="mine" type="primary" onClick={() => settle(conflict.keepMine)}>{t("conflict.keepMine")}</Button>,
      ]}
    >
      <table className={styles["table"]}>
        <thead><tr><th /><th>{t("conflict.mine")}</th><th>{t("conflict.theirs")}</th></tr></thead>
        <tbody>
          {Object.entries(conflict.mine).map(([name, value]) => {
            const field = catalog.field(conflict.object, name);
            if (!field) return null;
            const { Cell } = fieldUi(field);
            return (
              <tr key={name}>
                <th scope="row">{say(field.label)}</th>
                <td><Cell value={value} field={field} /></td>
                <td><Cell value={conflict.current[name]} field={field} /></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Modal>
  );
}
