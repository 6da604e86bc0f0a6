import { Button } from "antd";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import type { Role } from "@/api/access";
import { useSpeech } from "@/messages";
import { Bone, ErrorState, State } from "@/ui/State";
import { HoldersTable } from "../access/HoldersTable";
import { useHolders } from "../access/read";
import { GiveRole } from "./GiveRole";
import styles from "./Roles.module.css";

/** Who holds the role; giving and taking acts at once and is no part of the draft. */
export function HoldersTab({ role, disabled }: { role: Role; disabled: boolean }) {
  const { t } = useSpeech();
  const holders = useHolders();
  const [giving, setGiving] = useState(false);
  const rows = (holders.data ?? []).filter((each) => each.role === role.key);
  return (
    <>
      <div className={styles["tools"]}>{!disabled && <Button icon={<UserPlus size={14} />} onClick={() => setGiving(true)}>{t("holders.give")}</Button>}</div>
      {holders.isError && <ErrorState error={holders.error} onRetry={() => void holders.refetch()} />}
      {holders.isPending && <Bone width="60%" />}
      {holders.isSuccess && rows.length === 0 && <State drawing="rows" title={t("holders.none")} hint={t("holders.noneHint")} />}
      {rows.length > 0 && <HoldersTable rows={rows} roles={[role]} withRole={false} mayTake={() => !disabled} />}
      {giving && <GiveRole role={role} onClose={() => setGiving(false)} />}
    </>
  );
}
