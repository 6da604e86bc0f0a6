import { Link, useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Input, Segmented } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api, ProblemError } from "@/api/client";
import { usePower, useSession } from "@/api/session";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { Bone, ErrorState, State } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import type { Pool } from "./model";
import styles from "./Pools.module.css";
import { usePools } from "./usePools";
import "./words";

function NewPool({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const { user } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [holds, setHolds] = useState<Pool["applies_to"]>("lead");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const made = await api.post<Pool>("/pools", { name: name.trim(), applies_to: holds, settings: { managers: [`user:${user.id}`] } });
      await client.invalidateQueries({ queryKey: ["pools"] });
      void navigate({ to: "/pools/$id", params: { id: made.id }, search: { tab: "settings" } });
    } catch (problem) {
      if (problem instanceof ProblemError) setError(problem.fields["name"]);
      complain(problem, t);
      setBusy(false);
    }
  };
  return (
    <Panel title={t("pools.new")} onClose={onClose} footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" disabled={!name.trim()} loading={busy} onClick={() => void save()}>{t("action.save")}</Button></>}>
      <FormRow label={t("pools.name")} required error={error}>{({ id }) => <Input id={id} maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />}</FormRow>
      <FormRow label={t("pools.holds")}>{() => <span><Segmented aria-label={t("pools.holds")} value={holds} options={[{ value: "lead", label: t("pools.lead") }, { value: "account", label: t("pools.account") }]} onChange={(next) => setHolds(next as Pool["applies_to"])} /></span>}</FormRow>
    </Panel>
  );
}

/** All pools one belongs to. */
export function PoolsPage() {
  const { t } = useSpeech();
  const configures = usePower("configure");
  const pools = usePools();
  const [making, setMaking] = useState(false);
  return (
    <div className={styles["page"]} data-testid="pools">
      <header className={styles["head"]}>
        <div><h1 className={styles["title"]}>{t("pools.title")}</h1><p className={styles["hint"]}>{t("pools.hint")}</p></div>
        {configures && <Button type="primary" icon={<Plus size={14} />} onClick={() => setMaking(true)}>{t("pools.new")}</Button>}
      </header>
      {pools.isError && <ErrorState error={pools.error} onRetry={() => void pools.refetch()} />}
      {pools.isPending && <Bone width="60%" />}
      {pools.data?.length === 0 && <State drawing="rows" title={t("pools.none")} hint={t("pools.noneHint")} />}
      <ul className={styles["cards"]}>
        {pools.data?.map((pool) => (
          <li key={pool.id}>
            <Link to="/pools/$id" params={{ id: pool.id }} className={styles["card"]} data-testid="pool">
              <strong>{pool.name}</strong>
              <span className={styles["tags"]}>
                <Tag color={pool.applies_to === "lead" ? "amber" : "blue"}>{t(`pools.${pool.applies_to}`)}</Tag>
                {pool.manages && <Tag color="green">{t("pools.manager")}</Tag>}
                {pool.approval && <Tag color="violet">{t("pools.approval")}</Tag>}
                {!pool.active && <Tag color="grey">{t("pools.closed")}</Tag>}
              </span>
              {pool.description && <span className={styles["hint"]}>{pool.description}</span>}
            </Link>
          </li>
        ))}
      </ul>
      {making && <NewPool onClose={() => setMaking(false)} />}
    </div>
  );
}
