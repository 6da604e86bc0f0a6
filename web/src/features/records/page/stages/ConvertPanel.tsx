import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { api, ProblemError } from "@/api/client";
import type { RecordData } from "@/api/types";
import { useCatalog } from "@/api/catalog";
import { toWrite } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { toast } from "@/ui/toast";
import { ConvertPart } from "./ConvertPart";
import { PARTS, startOf, type PartName, type Proposal, type Wish } from "./conversion";
import styles from "@/features/base/Pipelines.module.css";

type Answer = Record<PartName | "lead", string>;

/** A lead becomes an account, a contact and an opportunity, new or already there, in one step. */
export function ConvertPanel({ record, onClose }: { record: RecordData; onClose: () => void }) {
  const { t } = useSpeech();
  const proposal = useQuery({ queryKey: ["conversion", record.id, record.version], staleTime: Infinity, queryFn: () => api.get<Proposal>(`/leads/${record.id}/conversion`) });
  return (
    proposal.data ? <Filled proposal={proposal.data} record={record} onClose={onClose} /> : <Panel wide title={t("pipelines.convertTitle")} onClose={onClose}>{proposal.isError ? <ErrorState error={proposal.error} onRetry={() => void proposal.refetch()} /> : <Bone height={200} />}</Panel>
  );
}

function useConvert(record: RecordData, onClose: () => void) {
  const catalog = useCatalog();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { t } = useSpeech();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [accept, setAccept] = useState(false);
  const [busy, setBusy] = useState(false);
  const convert = async (wishes: Record<PartName, Wish>) => {
    setBusy(true);
    const body = Object.fromEntries(PARTS.map((name) => {
      const wish = wishes[name];
      return [name, wish.mode === "none" ? null : wish.mode === "known" ? { id: wish.known?.id ?? "" } : { values: toWrite(catalog, name, wish.values) }];
    }));
    try {
      const made = await api.post<Answer>(`/leads/${record.id}/convert`, body, accept ? { query: { accept_duplicates: "true" } } : {});
      toast(t("pipelines.converted"));
      await client.invalidateQueries({ queryKey: ["records"] });
      onClose();
      const to = made.opportunity ? "opportunity" : "account";
      void navigate({ to: "/o/$object/$id", params: { object: to, id: made[to] } });
    } catch (error) {
      if (error instanceof ProblemError && error.errors.length) {
        setErrors(Object.fromEntries(error.errors.map((each) => [each.pointer.replace("/values", ""), each.message])));
        setAccept(error.errors.every((each) => each.code === "duplicate_suspected"));
      } else complain(error, t);
      setBusy(false);
    }
  };
  return { convert, errors, accept, busy };
}

function Filled({ proposal, record, onClose }: { proposal: Proposal; record: RecordData; onClose: () => void }) {
  const { t } = useSpeech();
  const [wishes, setWishes] = useState(() => startOf(proposal));
  const { convert, errors, accept, busy } = useConvert(record, onClose);
  const beyond = Object.entries(errors).filter(([pointer]) => pointer.split("/").length < 3);
  return (
    <Panel
      wide
      title={t("pipelines.convertTitle")}
      onClose={onClose}
      footer={<><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="primary" loading={busy} data-testid="convert-save" onClick={() => void convert(wishes)}>{t(accept ? "pipelines.convertAnyway" : "pipelines.convert")}</Button></>}
    >
      {beyond.map(([pointer, message]) => <p key={pointer} role="alert" className={styles["refused"]}>{message}</p>)}
      {PARTS.map((name) => <ConvertPart key={name} name={name} wish={wishes[name]} mayMake={proposal[name] !== null} errors={errors} onChange={(wish) => setWishes((old) => ({ ...old, [name]: wish }))} />)}
    </Panel>
  );
}
