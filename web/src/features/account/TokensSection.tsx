import { Button, Input, InputNumber } from "antd";
import { Copy } from "lucide-react";
import { useState } from "react";
import { api, ProblemError } from "@/api/client";
import { useSpeech } from "@/messages";
import { copyText } from "@/ui/copy";
import { FormRow } from "@/ui/FormRow";
import { formatDate } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";
import { useRefresh, useTokens } from "./account";
import styles from "./Account.module.css";

function NewToken({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const refresh = useRefresh();
  const [name, setName] = useState("");
  const [days, setDays] = useState(90);
  const [scopes, setScopes] = useState("*");
  const [error, setError] = useState<string | undefined>();
  const [token, setToken] = useState<string | null>(null);
  const make = async () => {
    try {
      const wanted = scopes.split(/[\s,]+/).filter(Boolean);
      setToken((await api.post<{ token: string }>("/account/tokens", { name: name.trim(), days, scopes: wanted })).token);
      await refresh();
    } catch (problem) {
      if (problem instanceof ProblemError && problem.fields["scopes"]) setError(problem.fields["scopes"]);
      else complain(problem, t);
    }
  };
  if (token)
    return (
      <Panel title={t("account.tokenAdd")} onClose={onClose} footer={<Button type="primary" icon={<Copy size={14} />} onClick={() => void copyText(token).then(() => toast(t("action.copied")))}>{t("action.copy")}</Button>}>
        <p>{t("account.tokenShown")}</p>
        <Input.TextArea readOnly autoSize value={token} data-testid="new-token" />
      </Panel>
    );
  return (
    <Panel title={t("account.tokenAdd")} onClose={onClose} footer={<Button type="primary" disabled={!name.trim()} onClick={() => void make()}>{t("action.create")}</Button>}>
      <FormRow label={t("account.tokenName")}>{({ id }) => <Input id={id} autoFocus maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}</FormRow>
      <FormRow label={t("account.tokenDays")}>{({ id }) => <InputNumber id={id} min={1} max={366} value={days} onChange={(next) => setDays(next ?? 90)} />}</FormRow>
      <FormRow label={t("account.tokenScopes")} error={error} help={t("account.tokenScopesHelp")}>
        {({ id, describedBy }) => <Input.TextArea id={id} autoSize={{ minRows: 3 }} aria-describedby={describedBy} value={scopes} onChange={(event) => setScopes(event.target.value)} />}
      </FormRow>
    </Panel>
  );
}

/** Tokens for programs that act as this person. */
export function TokensSection() {
  const { t, language } = useSpeech();
  const refresh = useRefresh();
  const tokens = useTokens();
  const [making, setMaking] = useState(false);
  const revoke = async (id: string) => {
    try {
      await api.delete(`/account/tokens/${id}`);
      toast(t("account.tokenRevoked"));
      await refresh();
    } catch (problem) {
      complain(problem, t);
    }
  };
  return (
    <section className={styles["section"]}>
      <div className={styles["head"]}><h2>{t("account.tokens")}</h2><Button onClick={() => setMaking(true)}>{t("account.tokenAdd")}</Button></div>
      <p className={styles["hint"]}>{t("account.tokensHint")}</p>
      {Boolean(tokens.data?.length) && (
        <div className={styles["rows"]}>
          {tokens.data?.map((one) => (
            <div key={one.id} className={styles["row"]}>
              <span className={styles["what"]}>{one.name}<span className={styles["meta"]}>{t("account.tokenUntil", { hint: one.hint, at: formatDate(one.expires_at.slice(0, 10), language) })} · {one.scopes.join(" ")}</span></span>
              <Button type="text" danger onClick={() => void revoke(one.id)}>{t("account.tokenRevoke")}</Button>
            </div>
          ))}
        </div>
      )}
      {making && <NewToken onClose={() => setMaking(false)} />}
    </section>
  );
}
