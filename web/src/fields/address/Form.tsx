import { Cascader, Input } from "antd";
import { useSpeech, type MessageKey } from "@/messages";
import type { EditorProps } from "../contract";
import { EndButtons } from "../parts/EndButtons";
import { divisions, partsOf } from "./divisions";
import { isAddress, type Address } from "./parts";

const OWN = { province: "address.province", city: "address.city", district: "address.district" } as const satisfies Partial<Record<keyof Address, MessageKey>>;

/** Divisions chosen step by step, the street typed; abroad every part is typed. */
export default function AddressForm({ value, field, onChange, onCommit, onCancel, id, describedBy, invalid, autoFocus, label }: EditorProps) {
  const { t } = useSpeech();
  const address: Address = isAddress(value) ? value : typeof value === "string" ? { street: value } : {};
  const { text: _, ...parts } = address;
  const set = (change: Address) => {
    const next = { ...parts, ...change };
    const filled = Object.entries(next).some(([name, part]) => name !== "country" && part);
    onChange(filled ? next : null);
  };
  const input = (name: keyof Address, message: MessageKey, width: string) => (
    <Input key={name} style={{ flex: width }} aria-label={t(message as "address.street")} placeholder={t(message as "address.street")} value={address[name] ?? ""} onChange={(event) => set({ [name]: event.target.value || null })} />
  );
  const path = [address.province, address.city, address.district].filter((part): part is string => Boolean(part));
  const abroad = field.config.scope === "international";
  return (
    <div role="group" aria-label={label} aria-describedby={describedBy} style={{ display: "grid", gap: 6, padding: onCommit ? 6 : 0 }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !onCancel) return;
        event.stopPropagation();
        onCancel();
      }}
    >
      {!abroad && (
        <Cascader {...(id ? { id } : {})} options={divisions} value={path} changeOnSelect showSearch autoFocus={autoFocus ?? false} status={invalid ? "error" : ""} placeholder={t("address.divisions")} aria-label={t("address.divisions")} onChange={(next) => set(partsOf((next ?? []) as string[]))} />
      )}
      {input("street", "address.street", "1")}
      <span style={{ display: "flex", flexWrap: "wrap", gap: 6 }}>
        {abroad && (Object.entries(OWN) as [keyof Address, MessageKey][]).map(([name, message]) => input(name, message, "1 1 110px"))}
        {input("postal_code", "address.postal", "0 1 110px")}
        {abroad && input("country", "address.country", "0 1 110px")}
      </span>
      {onCommit && <EndButtons onSave={() => onCommit(value)} onCancel={onCancel} />}
    </div>
  );
}
