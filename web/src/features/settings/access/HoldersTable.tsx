import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { Holder, RoleHead } from "@/api/access";
import { api } from "@/api/client";
import { useSession } from "@/api/session";
import { useSpeech } from "@/messages";
import { formatDateTime } from "@/ui/format";
import { Mark } from "@/ui/Mark";
import { complain } from "@/ui/says";
import { Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import settings from "../Settings.module.css";
import { stateOf } from "./read";

interface Props {
  rows: Holder[];
  roles: Pick<RoleHead, "key" | "label" | "locked">[];
  withRole: boolean;
  mayTake: (holder: Holder) => boolean;
}

function useTake() {
  const { t } = useSpeech();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["access"] });
  const again = async ({ role, kind, holder, starts_at, ends_at }: Holder) => {
    await api.post(`/roles/${role}/holders`, { kind, id: holder.id, starts_at, ends_at }).catch((error: unknown) => complain(error, t));
    await refresh();
  };
  return async (holder: Holder, role: string) => {
    try {
      await api.delete(`/roles/${holder.role}/holders/${holder.id}`);
      await refresh();
      toast(t("holders.taken", { name: holder.holder.label ?? "", role }), { action: { label: t("action.undo"), run: () => void again(holder) } });
    } catch (error) {
      complain(error, t);
    }
  };
}

/** Who holds what, through what, from when and until when. */
export function HoldersTable({ rows, roles, withRole, mayTake }: Props) {
  const { t, say, language } = useSpeech();
  const take = useTake();
  const { powers } = useSession().user;
  const opens = powers.includes("roles") || powers.includes("audit");
  return (
    <div className={settings["wrap"]}>
      <table className={settings["table"]} data-testid="holders-table">
        <thead><tr><th>{t("holders.who")}</th>{withRole && <th>{t("roles.name")}</th>}<th className={settings["wide"]}>{t("holders.through")}</th><th>{t("holders.people")}</th><th className={settings["wide"]}>{t("holders.from")}</th><th>{t("holders.until")}</th><th /></tr></thead>
        <tbody>
          {rows.map((row) => {
            const name = row.holder.label ?? row.holder.id;
            const role = say(roles.find((each) => each.key === row.role)?.label) || row.role;
            const state = stateOf(row);
            return (
              <tr key={row.id}>
                <td><span className={settings["who"]}><Mark name={name} size={24} />{name}</span></td>
                {withRole && <td>{opens ? <Link to="/settings/roles/$role" params={{ role: row.role }}>{role}</Link> : role}</td>}
                <td className={settings["wide"]}>{t(`principal.${row.kind}`)}</td>
                <td>{row.people.toLocaleString(language)}</td>
                <td className={settings["wide"]}>{row.starts_at ? formatDateTime(row.starts_at, language) : t("holders.always")} {state === "later" && <Tag color="yellow">{t("holders.later")}</Tag>}</td>
                <td>{row.ends_at ? formatDateTime(row.ends_at, language) : t("holders.never")} {state === "later" && <span className={settings["narrow"]}><Tag color="yellow">{t("holders.later")}</Tag></span>} {state === "ended" && <Tag color="gray">{t("holders.ended")}</Tag>}</td>
                <td className={settings["right"]}>{mayTake(row) && <Button size="small" type="text" danger aria-label={t("holders.takeFrom", { name, role })} onClick={() => void take(row, role)}>{t("holders.take")}</Button>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
