import { useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { ArrowRightLeft, Ban, KeyRound, MoreHorizontal, Network, UserPlus } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useSession } from "@/api/session";
import type { AccessEntry, RecordData, Reference } from "@/api/types";
import { keys } from "@/features/base/keys";
import { openQuickCreate } from "@/features/base/openers";
import { useRecordList } from "@/features/base/read";
import { useSpeech } from "@/messages";
import { useSettled } from "@/ui/hooks";
import { IconButton } from "@/ui/IconButton";
import { Mark } from "@/ui/Mark";
import { Menu } from "@/ui/Menu";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import { usePeopleWithAccess, useRoles } from "./access/read";
import { GiveAccess } from "./GiveAccess";
import { ImportButton } from "./organisation/ImportButton";
import { HandoverPanel } from "./organisation/HandoverPanel";
import { PERSON_FIELDS, PersonPanel } from "./organisation/PersonPanel";
import styles from "./Settings.module.css";

const tones = { none: "gray", invited: "yellow", active: "green", disabled: "red" } as const;
type Doing = "give" | "place" | "hand";

interface RowProps {
  person: RecordData;
  access: AccessEntry | undefined;
  roleName: (key: string) => string;
  onDo: (what: Doing) => void;
  onDisable: () => void;
}

function PersonRow({ person, access, roleName, onDo, onDisable }: RowProps) {
  const { t } = useSpeech();
  const { user } = useSession();
  const name = String(person["name"] ?? "");
  const state = access?.state ?? "none";
  const opens = state === "active" || state === "invited";
  const email = (person["email"] as string | null) ?? access?.email;
  const isMe = person.id === user.id;
  const giving = t(opens ? "people.giveAgain" : "people.give");
  const entries = [
    ...(isMe ? [] : [{ key: "give", label: giving, icon: <KeyRound size={14} />, disabled: !email, onSelect: () => onDo("give") }]),
    { key: "place", label: t("people.place"), icon: <Network size={14} />, onSelect: () => onDo("place") },
    ...(isMe ? [] : [{ key: "hand", label: t("handover.do"), icon: <ArrowRightLeft size={14} />, onSelect: () => onDo("hand") }]),
    ...(opens && !isMe ? [{ key: "end", label: t("people.disable"), icon: <Ban size={14} />, danger: true, onSelect: onDisable }] : []),
  ];
  return (
    <tr>
      <td><button type="button" className={styles["who"]} onClick={() => onDo("place")}><Mark name={name} size={24} />{name}</button></td>
      <td className={styles["wide"]}>{email}</td>
      <td className={styles["wide"]}>{(person["department"] as Reference | null)?.label}</td>
      <td>{(access?.roles ?? []).map(roleName).join(t("list.comma"))}</td>
      <td><Tag color={tones[state]}>{t(`people.state.${state}`)}</Tag></td>
      <td className={styles["right"]}>
        {isMe && <span className={styles["hint"]}>{t("people.you")}</span>}
        {!isMe && <span className={styles["wide"]}><Button size="small" type="text" disabled={!email} title={email ? "" : t("people.noEmail")} onClick={() => onDo("give")}>{giving}</Button></span>}
        <Menu entries={entries}><IconButton label={t("people.more", { name })}><MoreHorizontal size={16} /></IconButton></Menu>
      </td>
    </tr>
  );
}

/** Ends a sign-in; the person, their records and their roles stay. */
function useDisable() {
  const { t } = useSpeech();
  const client = useQueryClient();
  return async (person: RecordData) => {
    try {
      await api.delete(`/users/${person.id}/access`);
      await client.invalidateQueries({ queryKey: keys.access });
      toast(t("people.disabled", { name: String(person["name"] ?? "") }));
    } catch (error) {
      complain(error, t);
    }
  };
}

export function PeoplePage() {
  const { t, say } = useSpeech();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const [doing, setDoing] = useState<{ what: Doing; person: RecordData } | null>(null);
  const search = useSettled(typed.trim());
  const people = useRecordList("user", { select: PERSON_FIELDS, limit: 200, sort: [{ field: "name", direction: "asc" }], ...(search ? { search } : {}) });
  const access = usePeopleWithAccess();
  const disable = useDisable();
  const roles = new Map(useRoles().data?.map((role) => [role.key, say(role.label)]));
  const byUser = new Map(access.data?.map((entry) => [entry.user_id, entry]));
  const rows = people.data?.pages.flatMap((page) => page.records) ?? [];
  const failed = people.error ?? access.error;
  const close = () => setDoing(null);
  return (
    <>
      <header className={styles["head"]}>
        <div><h2 className={styles["title"]}>{t("people.title")}</h2><p className={styles["hint"]}>{t("people.hint")}</p></div>
        <ImportButton object="user" />
        <Button type="primary" icon={<UserPlus size={14} />} onClick={() => openQuickCreate("user")}>{t("people.add")}</Button>
      </header>
      <Input.Search allowClear style={{ maxWidth: 320, marginBottom: 12 }} value={typed} placeholder={t("people.search")} aria-label={t("people.search")} onChange={(event) => setTyped(event.target.value)} />
      {failed && <ErrorState error={failed} onRetry={() => { void people.refetch(); void access.refetch(); }} />}
      {people.isPending && <Bone width="70%" />}
      {people.isSuccess && rows.length === 0 && <p className={styles["hint"]}>{t("state.emptySearch")}</p>}
      {rows.length > 0 && (
        <div className={styles["wrap"]}>
          <table className={styles["table"]} data-testid="people-table">
            <thead><tr><th>{t("people.name")}</th><th className={styles["wide"]}>{t("people.email")}</th><th className={styles["wide"]}>{t("principal.department")}</th><th>{t("people.role")}</th><th>{t("people.access")}</th><th /></tr></thead>
            <tbody>
              {rows.map((person) => <PersonRow key={person.id} person={person} access={byUser.get(person.id)} roleName={(key) => roles.get(key) ?? key} onDo={(what) => setDoing({ what, person })} onDisable={() => void disable(person)} />)}
            </tbody>
          </table>
          {people.hasNextPage && <Button type="text" onClick={() => void people.fetchNextPage()}>{t("action.loadMore")}</Button>}
        </div>
      )}
      {doing?.what === "give" && <GiveAccess person={doing.person} held={byUser.get(doing.person.id)?.roles ?? []} onDone={() => void client.invalidateQueries({ queryKey: keys.access })} onClose={close} />}
      {doing?.what === "place" && <PersonPanel person={doing.person} onClose={close} />}
      {doing?.what === "hand" && <HandoverPanel from={{ kind: "user", id: doing.person.id, label: String(doing.person["name"]) }} onClose={close} />}
    </>
  );
}
