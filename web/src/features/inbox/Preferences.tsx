import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Switch } from "antd";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { Bone, ErrorState } from "@/ui/State";
import styles from "./Inbox.module.css";
import type { InboxPreferences, MailChannel } from "./model";

const KEY = ["inbox-preferences"];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

function usePreferencesOfInbox() {
  const client = useQueryClient();
  const { t } = useSpeech();
  const found = useQuery({ queryKey: KEY, queryFn: () => api.get<InboxPreferences>("/inbox/preferences") });
  const save = async (next: InboxPreferences) => {
    client.setQueryData(KEY, next);
    const kinds = Object.fromEntries(next.kinds.map(({ key, inbox, mail }) => [key, { inbox, mail }]));
    try {
      await api.put("/inbox/preferences", { kinds, digest: next.digest, digest_hour: next.digest_hour });
    } catch (error) {
      complain(error, t);
      void client.invalidateQueries({ queryKey: KEY });
    }
  };
  return { found, save };
}

function Kinds({ value, onChange }: { value: InboxPreferences; onChange: (next: InboxPreferences) => void }) {
  const { t, say } = useSpeech();
  const set = (key: string, change: Partial<InboxPreferences["kinds"][number]>) => onChange({ ...value, kinds: value.kinds.map((kind) => (kind.key === key ? { ...kind, ...change } : kind)) });
  return (
    <table className={styles["table"]}>
      <thead><tr><th scope="col">{t("inbox.kind")}</th><th scope="col">{t("inbox.inInbox")}</th><th scope="col">{t("inbox.byMail")}</th></tr></thead>
      <tbody>
        {value.kinds.map((kind) => (
          <tr key={kind.key}>
            <th scope="row">{say(kind.label)}</th>
            <td><Switch size="small" checked={kind.inbox} aria-label={`${say(kind.label)} · ${t("inbox.inInbox")}`} onChange={(inbox) => set(kind.key, { inbox })} /></td>
            <td>
              <select className={styles["select"]} value={kind.mail} aria-label={`${say(kind.label)} · ${t("inbox.byMail")}`} onChange={(event) => set(kind.key, { mail: event.target.value as MailChannel })}>
                <option value="now">{t("inbox.mailNow")}</option><option value="digest">{t("inbox.mailDigest")}</option><option value="off">{t("inbox.mailOff")}</option>
              </select>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What one is told, where, and how often by mail. */
export function Preferences({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const { found, save } = usePreferencesOfInbox();
  const value = found.data;
  return (
    <Panel title={t("inbox.preferences")} onClose={onClose}>
      {found.isPending && <Bone width="60%" />}
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {value && (
        <div className={styles["preferences"]}>
          <Kinds value={value} onChange={(next) => void save(next)} />
          <label className={styles["row"]}>{t("inbox.digest")}
            <select className={styles["select"]} value={value.digest} onChange={(event) => void save({ ...value, digest: event.target.value as InboxPreferences["digest"] })}>
              <option value="off">{t("inbox.digestOff")}</option><option value="daily">{t("inbox.digestDaily")}</option><option value="weekdays">{t("inbox.digestWeekdays")}</option>
            </select>
          </label>
          {value.digest !== "off" && (
            <label className={styles["row"]}>{t("inbox.digestHour")}
              <select className={styles["select"]} value={value.digest_hour} onChange={(event) => void save({ ...value, digest_hour: Number(event.target.value) })}>
                {HOURS.map((hour) => <option key={hour} value={hour}>{`${String(hour).padStart(2, "0")}:00`}</option>)}
              </select>
            </label>
          )}
        </div>
      )}
    </Panel>
  );
}
