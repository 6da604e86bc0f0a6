import { useQueryClient } from "@tanstack/react-query";
import { Checkbox, Input } from "antd";
import type { Role } from "@/api/access";
import { api } from "@/api/client";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { accessKeys, useRoles } from "../access/read";
import styles from "./Roles.module.css";
import type { RoleDesk } from "./useRoleDraft";

export interface MatrixView {
  search: string;
  only: boolean;
  compare: string | null;
}
interface Props {
  view: MatrixView;
  onView: (next: MatrixView) => void;
  desk: RoleDesk;
  roleKey: string;
  disabled: boolean;
}

/** Finding, comparing and copying above the matrix. */
export function MatrixBar({ view, onView, desk, roleKey, disabled }: Props) {
  const { t, say } = useSpeech();
  const client = useQueryClient();
  const others = (useRoles().data ?? []).filter((role) => role.key !== roleKey).map((role) => ({ value: role.key, text: say(role.label) }));
  const copy = async (key: string) => {
    try {
      const from = await client.fetchQuery({ queryKey: accessKeys.role(key), queryFn: () => api.get<Role>(`/roles/${key}`) });
      desk.setDraft((old) => ({ ...old, grants: from.grants, fields: from.fields }));
      toast(t("matrix.copied", { name: say(from.label) }));
    } catch (error) {
      complain(error, t);
    }
  };
  return (
    <div className={styles["tools"]}>
      <Input.Search allowClear value={view.search} placeholder={t("matrix.search")} aria-label={t("matrix.search")} onChange={(event) => onView({ ...view, search: event.target.value })} />
      <Choose label={t("matrix.compare")} placeholder={t("matrix.compare")} value={view.compare} options={others} onPick={(next) => onView({ ...view, compare: next as string | null })} />
      {!disabled && <Choose label={t("matrix.copy")} placeholder={t("matrix.copy")} value={null} options={others} clearable={false} onPick={(next) => void copy(String(next))} />}
      <Checkbox checked={view.only} onChange={(event) => onView({ ...view, only: event.target.checked })}>{t(view.compare ? "matrix.onlyDifferent" : "matrix.onlyOwn")}</Checkbox>
    </div>
  );
}
