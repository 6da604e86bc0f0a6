import { Button, Popconfirm } from "antd";
import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { useWrites } from "@/features/base/write";
import { useSpeech } from "@/messages";
import { categoryOf } from "@/tokens/theme";
import { complain } from "@/ui/says";
import { addressOf, fieldsOf, plainText } from "./address";

interface Props {
  type: ObjectType;
  record: RecordData;
  field: Field;
}

/** Something to do with the record by one click: write values under the clicker's rights, or open an address. */
export function RecordButton({ type, record, field }: Props) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const writes = useWrites(type.api_name);
  const [busy, setBusy] = useState(false);
  const { action, values = {}, confirm, url, color } = field.config;
  const name = say(field.label);
  const colour = categoryOf(color);
  const look = { style: { color: `var(--cat-${colour})`, borderColor: `var(--cat-${colour}-solid)`, background: `var(--cat-${colour}-soft)` }, size: "small" as const, title: say(field.help) || name };

  if (action === "open") {
    const value = (path: string) => {
      const asked = catalog.field(type.api_name, path);
      return path === "id" ? record.id : asked ? plainText(record[path]) : "";
    };
    const blank = fieldsOf(url ?? "").filter((path) => value(path) === "");
    const said = blank.map((path) => say(catalog.field(type.api_name, path)?.label) || path).join(t("list.comma"));
    return <Button {...look} icon={<ExternalLink size={13} />} disabled={blank.length > 0} title={blank.length ? t("button.blank", { fields: said }) : look.title} href={addressOf(url ?? "", value)} target="_blank" rel="noopener noreferrer">{name}</Button>;
  }
  const run = async () => {
    setBusy(true);
    await writes.patch(record, values, { said: t("button.done", { name }), quiet: true }).catch((error: unknown) => complain(error, t));
    setBusy(false);
  };
  const asked = say(confirm);
  const button = <Button {...look} loading={busy} disabled={!type.permissions.update} onClick={asked ? undefined : () => void run()}>{name}</Button>;
  return asked ? <Popconfirm title={asked} okText={name} cancelText={t("action.cancel")} onConfirm={() => void run()}>{button}</Popconfirm> : button;
}
