import { Button, Input, QRCode } from "antd";
import { useState, type FormEvent } from "react";
import { api, ProblemError } from "@/api/client";
import { useSpeech } from "@/messages";
import { FormRow } from "@/ui/FormRow";
import { Panel } from "@/ui/Panel";
import { explain } from "@/ui/says";
import { Tag } from "@/ui/Tag";
import { useRefresh, type Security } from "./account";
import styles from "./Account.module.css";
import { Prove } from "./Prove";
import { RecoveryCodes } from "./RecoveryCodes";

interface Offer { secret: string; uri: string }

function ConfirmTotp({ offer, onCodes, onClose }: { offer: Offer; onCodes: (codes: string[]) => void; onClose: () => void }) {
  const { t } = useSpeech();
  const [code, setCode] = useState("");
  const [error, setError] = useState<string | undefined>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      onCodes((await api.post<{ recovery_codes: string[] }>("/account/totp/confirm", { code: code.trim() })).recovery_codes);
    } catch (problem) {
      setError((problem instanceof ProblemError && problem.fields["code"]) || explain(problem, t));
    }
  };
  return (
    <Panel title={t("account.totp")} onClose={onClose}>
      <p>{t("account.totpScan")}</p>
      <div className={styles["picture"]}>
        <QRCode value={offer.uri} size={180} />
        <span>{t("account.key")}: <code data-testid="totp-secret">{offer.secret}</code></span>
      </div>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <FormRow label={t("account.code")} error={error}>
          {({ id, describedBy }) => <Input id={id} autoFocus inputMode="numeric" autoComplete="one-time-code" aria-describedby={describedBy} value={code} onChange={(event) => setCode(event.target.value)} />}
        </FormRow>
        <Button type="primary" htmlType="submit" disabled={!code.trim()}>{t("account.confirm")}</Button>
      </form>
    </Panel>
  );
}

type Step = "add" | "remove" | "codes";

/** The authenticator and the recovery codes. */
export function FactorsSection({ security }: { security: Security }) {
  const { t } = useSpeech();
  const refresh = useRefresh();
  const [step, setStep] = useState<Step | null>(null);
  const [offer, setOffer] = useState<Offer | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const work = async (password: string | null) => {
    if (step === "add") setOffer(await api.post<Offer>("/account/totp", { password }));
    else if (step === "remove") await api.post("/account/totp/remove", { password });
    else setCodes((await api.post<{ recovery_codes: string[] }>("/account/recovery-codes", { password })).recovery_codes);
    setStep(null);
    await refresh();
  };
  const confirmed = (fresh: string[]) => {
    setOffer(null);
    setCodes(fresh);
    void refresh();
  };
  const any = security.totp || security.passkeys.length > 0;
  return (
    <section className={styles["section"]}>
      <h2>{t("account.factors")}</h2>
      <p className={styles["hint"]}>{t("account.factorsHint")}</p>
      <div className={styles["rows"]}>
        <div className={styles["row"]}>
          <span className={styles["what"]}>{t("account.totp")}</span>
          <span><Tag color={security.totp ? "green" : "gray"}>{t(security.totp ? "account.totpOn" : "account.totpOff")}</Tag>{" "}
            <Button onClick={() => setStep(security.totp ? "remove" : "add")}>{t(security.totp ? "account.totpRemove" : "account.totpAdd")}</Button></span>
        </div>
        {any && (
          <div className={styles["row"]}>
            <span className={styles["what"]}>{t("account.recovery")}<span className={styles["meta"]}>{t("account.recoveryLeft", { n: security.recovery_codes })}</span></span>
            <Button onClick={() => setStep("codes")}>{t("account.recoveryNew")}</Button>
          </div>
        )}
      </div>
      {step && <Prove title={t(step === "codes" ? "account.recovery" : "account.totp")} hasPassword={security.has_password} work={work} onClose={() => setStep(null)} />}
      {offer && <ConfirmTotp offer={offer} onCodes={confirmed} onClose={() => setOffer(null)} />}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </section>
  );
}
