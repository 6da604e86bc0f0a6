import { useQuery } from "@tanstack/react-query";
import { Button, Input, Popover } from "antd";
import { Eye } from "lucide-react";
import { useState } from "react";
import type { FieldAccess } from "@/api/access";
import { api } from "@/api/client";
import { useSession } from "@/api/session";
import type { Field, ObjectType, RecordData } from "@/api/types";
import { isEmptyValue } from "@/fields/contract";
import { typeUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { complain } from "@/ui/says";

const SHORTEST_REASON = 2;

/** Whether the reader's roles let them see the field in plain for a reason; asked once per object. */
function useMayUnmask(object: string, field: string): boolean {
  const { seeing } = useSession();
  const mine = useQuery({
    queryKey: ["access", "mine", object],
    staleTime: 60_000,
    enabled: !seeing,
    queryFn: () => api.get<{ fields: (FieldAccess & { field: string })[] }>("/access/explain", { query: { object } }),
  });
  return mine.data?.fields.some((each) => each.field === field && each.unmask) ?? false;
}

/** A value shown in part, in plain for whoever says why; it is kept nowhere and is gone when the page is left. */
export function Unmask({ type, record, field }: { type: ObjectType; record: RecordData; field: Field }) {
  const { t, say } = useSpeech();
  const allowed = useMayUnmask(type.api_name, field.api_name);
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [plain, setPlain] = useState<{ value: unknown } | null>(null);
  if (!allowed) return null;
  if (plain) {
    const { Cell, sealed } = typeUi(field.type);
    return <span data-testid={`plain-${field.api_name}`}>{isEmptyValue(plain.value) ? "—" : sealed ? String(plain.value) : <Cell value={plain.value} field={{ ...field, access: "read" }} linked />}</span>;
  }
  const show = async () => {
    setBusy(true);
    try {
      setPlain(await api.post<{ value: unknown }>(`/records/${type.api_name}/${record.id}/unmask`, { field: field.api_name, reason: reason.trim() }));
      setOpen(false);
    } catch (error) {
      complain(error, t);
    }
    setBusy(false);
  };
  const ready = reason.trim().length >= SHORTEST_REASON;
  const form = (
    <form
      style={{ display: "grid", gap: 8, width: 240 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void show();
      }}
    >
      <Input autoFocus value={reason} maxLength={500} placeholder={t("unmask.reason")} aria-label={t("unmask.reason")} onChange={(event) => setReason(event.target.value)} />
      <small style={{ color: "var(--muted)" }}>{t("unmask.hint")}</small>
      <Button type="primary" size="small" htmlType="submit" disabled={!ready} loading={busy}>{t("unmask.show")}</Button>
    </form>
  );
  return (
    <Popover open={open} onOpenChange={setOpen} trigger="click" content={form} destroyOnHidden>
      <IconButton small label={t("unmask.do", { name: say(field.label) })}><Eye size={13} /></IconButton>
    </Popover>
  );
}
