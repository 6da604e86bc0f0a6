import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/api/session";
import { useSpeech } from "@/messages";
import { Bone, ErrorState, State } from "@/ui/State";
import styles from "../Build.module.css";
import { sandboxApi, sandboxKeys, type Sandbox } from "./api";
import { ChangedThere } from "./ChangedThere";
import { NewSandbox } from "./NewSandbox";
import { SandboxRow } from "./SandboxRow";

/** Copies of the workspace to try changes in: made, entered, looked at, brought back, removed. */
export function SandboxesPage() {
  const { t } = useSpeech();
  const inside = Boolean(useSession().workspace.sandbox_of);
  const found = useQuery({ queryKey: sandboxKeys.list, enabled: !inside, queryFn: sandboxApi.list });
  const [making, setMaking] = useState(false);
  const [looking, setLooking] = useState<Sandbox | null>(null);
  if (inside) return <State drawing="board" title={t("sandboxes.inside")} hint={t("sandboxes.insideHint")} />;
  const list = found.data ?? [];
  const make = <Button type="primary" icon={<Plus size={14} />} onClick={() => setMaking(true)}>{t("sandboxes.new")}</Button>;
  return (
    <>
      <header className={styles["head"]}>
        <div><h2 className={styles["title"]}>{t("settings.sandboxes")}</h2><p className={styles["hint"]}>{t("sandboxes.hint")}</p></div>
        {list.length > 0 && make}
      </header>
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Bone width="60%" />}
      {found.isSuccess && list.length === 0 && <State drawing="board" title={t("sandboxes.empty")} hint={t("sandboxes.emptyHint")}>{make}</State>}
      <ul aria-label={t("settings.sandboxes")}>{list.map((box) => <SandboxRow key={box.key} box={box} onLook={() => setLooking(box)} />)}</ul>
      {making && <NewSandbox onClose={() => setMaking(false)} />}
      {looking && <ChangedThere box={looking} onClose={() => setLooking(null)} />}
    </>
  );
}
