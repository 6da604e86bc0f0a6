import "./words";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { FilePlus2, Rows3 } from "lucide-react";
import { useRef, useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { ObjectType, RecordData } from "@/api/types";
import { useRecord } from "@/features/base/read";
import { useWrites } from "@/features/base/write";
import { isReference } from "@/fields/relation/references";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { linesOfDeal } from "./deal";
import { Actions } from "./parts/Actions";
import { PlanBar } from "./parts/PlanBar";
import { isDocument, useDocument } from "./read";
import type { DocumentObject } from "./model/types";
import styles from "./Quoting.module.css";

/** Above a quote, contract or order: its lines and what may be done with it; above a deal or account: a new quote. */
export function DocumentBar({ type, id }: { type: ObjectType; id: string }) {
  const record = useRecord(type.api_name, id).data;
  if (!record) return null;
  return isDocument(type.api_name) ? <OfDocument object={type.api_name} record={record} /> : <NewQuote type={type} record={record} />;
}

function OfDocument({ object, record }: { object: DocumentObject; record: RecordData }) {
  const { t } = useSpeech();
  const found = useDocument(object, record.id, record.version);
  return (
    <>
      <div className={styles["bar"]} data-testid="document-bar">
        <Link to="/documents/$object/$id" params={{ object, id: record.id }}><Button size="small" type="primary" icon={<Rows3 size={14} />}>{t(!found.data || found.data.locked ? "quoting.openLines" : object === "quote" ? "quoting.build" : "quoting.editLines")}</Button></Link>
        <span className={styles["spring"]} />
        {found.data && <Actions object={object} data={found.data} document={found.data.document} quiet needsApproval={found.data.document["needs_approval"] === true} />}
      </div>
      {object !== "quote" && <PlanBar object={object} record={record} />}
    </>
  );
}

/** A quote begun from where one stands: a deal brings its lines along. */
function NewQuote({ type, record }: { type: ObjectType; record: RecordData }) {
  const { t } = useSpeech();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const writes = useWrites("quote");
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  if (!catalog.object("quote")?.permissions.create) return null;
  const deal = type.api_name === "opportunity";
  const account = deal ? record["account"] : { id: record.id, label: record[type.title_field] };
  const begin = async () => {
    if (running.current) return;
    if (!isReference(account)) return toast(t("quoting.noAccount"), { tone: "danger" });
    running.current = true;
    setBusy(true);
    try {
      const lines = deal ? await linesOfDeal(catalog, record.id) : [];
      const made = await writes.create({ name: t("quoting.quoteOf", { name: String(record[type.title_field] ?? "") }), account, ...(deal ? { opportunity: { id: record.id } } : {}), ...(lines.length ? { lines } : {}) });
      await navigate({ to: "/quotes/$id", params: { id: made.id } });
    } catch (error) {
      complain(error, t);
    }
    running.current = false;
    setBusy(false);
  };
  return (
    <div className={styles["bar"]} data-testid="new-quote">
      <span className={styles["spring"]} />
      <Button size="small" icon={<FilePlus2 size={14} />} loading={busy} disabled={busy} onClick={() => void begin()}>{t(deal ? "quoting.fromDeal" : "quoting.newQuote")}</Button>
    </div>
  );
}
