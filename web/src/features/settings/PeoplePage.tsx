import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useSession } from "@/api/session";
import type { AccessEntry, RecordData } from "@/api/types";
import { keys } from "@/features/base/keys";
import { openQuickCreate } from "@/features/base/openers";
import { useRecordList } from "@/features/base/read";
import { useSpeech } from "@/messages";
import { Mark } from "@/ui/Mark";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import { usePeopleWithAccess, useRoles } from "./access/read";
import { GiveAccess } from "./GiveAccess";
import styles from "./Settings.module.css";

const tones = { none: "gray", invited: "yellow", active: "green", disabled: "red" } as const;

interface RowProps {
  person: RecordData;
  access: AccessEntry | undefined;
  roleName: (key: string) => string;
  onGive: () => void;
  onDisable: () => void;
}

function PersonRow({ person, access, roleName, onGive, onDisable }: RowProps) {
  const { t } = useSpeech();
  const { user } = useSession();
  const name = String(person["name"] ?? "");
  const state = access?.state ?? "none";
  const email = (person["email"] as string | null) ?? access?.email;
  const isMe = person.id === user.id;
  return (
    <tr>
      <td><Link to="/o/$object/$id" params={{ object: "user", id: person.id }} className={styles["who"]}><Mark name={name} size={24} />{name}</Link></td>
      <td>{email}</td>
      <td>{(access?.roles ?? []).map(roleName).join("、")}</td>
      <td><Tag color={tones[state]}>{t(`people.state.${state}`)}</Tag></td>
      <td className={styles["right"]}>
        {isMe ? (
          <span className={styles["hint"]}>{t("people.you")}</span>
        ) : (
          <>
            <Button size="small" type="text" disabled={!email} title={email ? "" : t("people.noEmail")} onClick={onGive}>{t(state === "invited" || state === "active" ? "people.giveAgain" : "people.give")}</Button>
            {(state === "active" || state === "invited") && <Button size="small" type="text" danger onClick={onDisable}>{t("people.disable")}</Button>}
          </>
        )}
      </td>
    </tr>
  );
}

export function PeoplePage() {
  const { t, say } = useSpeech();
  const client = useQueryClient();
  const [giving, setGiving] = useState<RecordData | null>(null);
  const people = useRecordList("user", { select: ["name", "email"], limit: 200 });
  const access = usePeopleWithAccess();
  const roles = new Map(useRoles().data?.map((role) => [role.key, say(role.label)]));
  const byUser = new Map(access.data?.map((entry) => [entry.user_id, entry]));
  const rows = people.data?.pages.flatMap((page) => page.records) ?? [];
  const refresh = () => client.invalidateQueries({ queryKey: keys.access });
  const disable = async (person: RecordData) => {
    try {
      await api.delete(`/users/${person.id}/access`);
      await refresh();
      toast(t("people.disabled", { name: String(person["name"] ?? "") }));
    } catch (error) {
      complain(error, t);
    }
  };
  const failed = people.error ?? access.error;
  return (
    <>
      <header className={styles["head"]}>
        <div><h2 className={styles["title"]}>{t("people.title")}</h2><p className={styles["hint"]}>{t("people.hint")}</p></div>
        <Button type="primary" icon={<UserPlus size={14} />} onClick={() => openQuickCreate("user")}>{t("people.add")}</Button>
      </header>
      {failed && <ErrorState error={failed} onRetry={() => { void people.refetch(); void access.refetch(); }} />}
      {people.isPending && <Bone width="70%" />}
      {rows.length > 0 && (
        <div className={styles["wrap"]}>
          <table className={styles["table"]} data-testid="people-table">
            <thead><tr><th>{t("people.name")}</th><th>{t("people.email")}</th><th>{t("people.role")}</th><th>{t("people.access")}</th><th /></tr></thead>
            <tbody>
              {rows.map((person) => <PersonRow key={person.id} person={person} access={byUser.get(person.id)} roleName={(key) => roles.get(key) ?? key} onGive={() => setGiving(person)} onDisable={() => void disable(person)} />)}
            </tbody>
          </table>
          {people.hasNextPage && <Button type="text" onClick={() => void people.fetchNextPage()}>{t("action.loadMore")}</Button>}
        </div>
      )}
      {giving && <GiveAccess person={giving} held={byUser.get(giving.id)?.roles ?? []} onDone={() => void refresh()} onClose={() => setGiving(null)} />}
    </>
  );
}
