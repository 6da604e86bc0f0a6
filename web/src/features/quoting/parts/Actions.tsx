import { Link } from "@tanstack/react-router";
import { Button, Popconfirm } from "antd";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import type { RecordData } from "@/api/types";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import { Menu } from "@/ui/Menu";
import { Panel } from "@/ui/Panel";
import { BESIDE, type Act } from "../model/acts";
import type { DocumentData, DocumentObject } from "../model/types";
import { useActs } from "../useActs";
import { Differences } from "./Differences";
import { NotePanel } from "./NotePanel";
import { ReturnPanel } from "./ReturnPanel";

interface Props {
  object: DocumentObject;
  data: DocumentData;
  document: RecordData;
  needsApproval: boolean;
  /** Where something else on the page leads. */
  quiet?: boolean;
  /** Saves what is being written; null when that was refused. Where nothing is, the acts go ahead. */
  before?: () => Promise<DocumentData | null>;
}

/** What may be done with a document now: first what leads on, the rest in a menu. */
export function Actions({ object, data, document, needsApproval, quiet, before }: Props) {
  const { t, say } = useSpeech();
  const catalog = useCatalog();
  const { busy, run, made, closeMade, acts } = useActs(object, document);
  const [asking, setAsking] = useState<Act | null>(null);
  // Whoever needs approval asks for it; whoever does not, sends.
  const offered = acts(data.actions).filter((act) => (act.name === "submit" ? needsApproval : act.name !== "send" || !needsApproval || document["status"] === "released"));
  const go = async (act: Act, more: object = {}) => {
    const saved = before ? await before() : undefined;
    if (saved === null) return false;
    return run(act, more, saved?.document.version);
  };
  const start = (act: Act) => (act.note || act.kind === "returns" ? setAsking(act) : void go(act));
  const beside = offered.filter((act) => !act.danger).slice(0, BESIDE);
  const rest = offered.filter((act) => !beside.includes(act));
  const word = (act: Act) => t(act.label);
  const button = (act: Act, first: boolean) => {
    const shared = { size: "small" as const, type: first && !quiet ? ("primary" as const) : ("default" as const), loading: busy === act.name, disabled: busy !== null };
    if (act.name !== "send" && act.name !== "submit") return <Button key={act.name} {...shared} onClick={() => start(act)}>{word(act)}</Button>;
    return <Popconfirm key={act.name} title={t(act.name === "send" ? "quoting.sendAsk" : "quoting.submitAsk")} okText={word(act)} cancelText={t("action.cancel")} onConfirm={() => start(act)}><Button {...shared}>{word(act)}</Button></Popconfirm>;
  };
  return (
    <>
      {beside.map((act, index) => button(act, index === 0))}
      {rest.length > 0 && <Menu entries={rest.map((act) => ({ key: act.name, label: word(act), danger: act.danger ?? false, disabled: busy !== null, onSelect: () => start(act) }))}><Button size="small" icon={<ChevronDown size={14} />} iconPlacement="end">{t("quoting.more")}</Button></Menu>}
      {asking && asking.kind === "returns" && <ReturnPanel data={data} busy={busy !== null} onClose={() => setAsking(null)} onDone={(body) => void go(asking, body).then((ok) => ok && setAsking(null))} />}
      {asking && asking.kind !== "returns" && <NotePanel title={word(asking)} label={t(asking.name === "decline" || asking.name === "refuse" ? "quoting.reason" : asking.name === "accept" ? "quoting.acceptedBy" : "quoting.note")} needed={asking.note === "must"} danger={asking.danger} busy={busy !== null} onClose={() => setAsking(null)} onDone={(note) => void go(asking, note ? { note } : {}).then((ok) => ok && setAsking(null))} />}
      {made && (
        <Panel title={t("quoting.made", { label: say(catalog.object(made.object)?.label) })} onClose={closeMade} footer={<Link to="/documents/$object/$id" params={{ object: made.object, id: made.id }} onClick={closeMade}><Button type="primary">{t("quoting.openMade")}</Button></Link>}>
          <p style={{ marginBottom: 12 }}>{t("quoting.madeHint")}</p>
          <Differences object={made.object} differences={made.differences} />
        </Panel>
      )}
    </>
  );
}
