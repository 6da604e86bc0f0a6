import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { Eye, Lock, Plus } from "lucide-react";
import { useState } from "react";
import type { RoleHead } from "@/api/access";
import { usePower } from "@/api/session";
import { useSpeech } from "@/messages";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { useRoles } from "../access/read";
import settings from "../Settings.module.css";
import { NewRole } from "./NewRole";
import { Question } from "./Question";
import styles from "./Roles.module.css";
import { SeeAs } from "./SeeAs";

function Row({ role }: { role: RoleHead }) {
  const { t, say } = useSpeech();
  return (
    <tr>
      <td>
        <Link to="/settings/roles/$role" params={{ role: role.key }} className={styles["name"]}>{say(role.label)}</Link>
        <span className={styles["description"]}>{say(role.description)}</span>
      </td>
      <td className={settings["wide"]}>{role.powers.map((power) => t(`power.${power}`)).join(t("list.comma"))}</td>
      <td>{t("roles.heldBy", { n: role.holders })}</td>
      <td className={settings["right"]}>
        <span className={settings["tags"]}>
          {role.locked && <><Lock size={13} aria-hidden /><Tag color="yellow">{t("roles.locked")}</Tag></>}
          {role.kind === "standard" && <Tag color="gray">{t("roles.standard")}</Tag>}
        </span>
      </td>
    </tr>
  );
}

/** All roles, and the question one usually comes with. */
export function RolesPage() {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const writes = usePower("roles");
  const roles = useRoles();
  const [making, setMaking] = useState(false);
  const [seeing, setSeeing] = useState(false);
  return (
    <>
      <header className={settings["head"]}>
        <div><h2 className={settings["title"]}>{t("settings.roles")}</h2><p className={settings["hint"]}>{t("roles.hint")}</p></div>
        {writes && <Button icon={<Eye size={14} />} onClick={() => setSeeing(true)}>{t("see.do")}</Button>}
        {writes && <Button type="primary" icon={<Plus size={14} />} onClick={() => setMaking(true)}>{t("roles.new")}</Button>}
      </header>
      {roles.isError && <ErrorState error={roles.error} onRetry={() => void roles.refetch()} />}
      {roles.isPending && <Bone width="70%" />}
      {roles.data && (
        <>
          <Question roles={roles.data} />
          <div className={settings["wrap"]}>
            <table className={settings["table"]} data-testid="roles-table">
              <thead><tr><th>{t("roles.name")}</th><th className={settings["wide"]}>{t("roles.powers")}</th><th>{t("roles.held")}</th><th /></tr></thead>
              <tbody>{roles.data.map((role) => <Row key={role.key} role={role} />)}</tbody>
            </table>
          </div>
        </>
      )}
      {making && roles.data && <NewRole roles={roles.data} onClose={() => setMaking(false)} onMade={(key) => void navigate({ to: "/settings/roles/$role", params: { role: key } })} />}
      {seeing && <SeeAs onClose={() => setSeeing(false)} />}
    </>
  );
}
