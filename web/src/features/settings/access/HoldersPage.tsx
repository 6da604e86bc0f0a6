import { Input } from "antd";
import { useState } from "react";
import { HOLDER_KINDS, type HolderKind } from "@/api/access";
import { usePower, useSession } from "@/api/session";
import { Choose } from "@/fields/parts/Choose";
import { useSpeech } from "@/messages";
import { Bone, ErrorState, State } from "@/ui/State";
import roles from "../roles/Roles.module.css";
import settings from "../Settings.module.css";
import { HoldersTable } from "./HoldersTable";
import { useHolders, useRoles } from "./read";

/** Who holds what through which, as one list that is searched and narrowed. */
export function HoldersPage() {
  const { t, say } = useSpeech();
  const { user } = useSession();
  const gives = usePower("roles");
  const holders = useHolders();
  const known = useRoles().data ?? [];
  const [search, setSearch] = useState("");
  const [role, setRole] = useState<string | null>(null);
  const [kind, setKind] = useState<HolderKind | null>(null);
  const text = search.trim().toLowerCase();
  const rows = (holders.data ?? []).filter((each) => (!role || each.role === role) && (!kind || each.kind === kind) && (each.holder.label ?? "").toLowerCase().includes(text));
  // A protected role is taken only by those who hold its powers.
  const mayTake = (key: string) => {
    const found = known.find((each) => each.key === key);
    return gives && found !== undefined && (!found.locked || found.powers.every((power) => user.powers.includes(power)));
  };
  return (
    <>
      <header className={settings["head"]}><div><h2 className={settings["title"]}>{t("settings.holders")}</h2><p className={settings["hint"]}>{t("holders.hint")}</p></div></header>
      <div className={roles["tools"]}>
        <Input.Search allowClear value={search} placeholder={t("holders.search")} aria-label={t("holders.search")} onChange={(event) => setSearch(event.target.value)} />
        <Choose label={t("roles.name")} placeholder={t("holders.anyRole")} value={role} options={known.map((each) => ({ value: each.key, text: say(each.label) }))} onPick={(next) => setRole(next as string | null)} />
        <Choose label={t("holders.through")} placeholder={t("holders.anyKind")} value={kind} options={HOLDER_KINDS.map((each) => ({ value: each, text: t(`principal.${each}`) }))} onPick={(next) => setKind(next as HolderKind | null)} />
        <span className={settings["hint"]}>{holders.data && t("holders.count", { n: rows.length })}</span>
      </div>
      {holders.isError && <ErrorState error={holders.error} onRetry={() => void holders.refetch()} />}
      {holders.isPending && <Bone width="60%" />}
      {holders.isSuccess && rows.length === 0 && <State drawing="search" title={t("state.emptySearch")} />}
      {rows.length > 0 && <HoldersTable rows={rows} roles={known} withRole mayTake={(each) => mayTake(each.role)} />}
    </>
  );
}
