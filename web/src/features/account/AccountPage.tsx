import { useSession } from "@/api/session";
import { useSpeech } from "@/messages";
import { Bone, ErrorState } from "@/ui/State";
import { useSecurity } from "./account";
import styles from "./Account.module.css";
import { FactorsSection } from "./FactorsSection";
import { PasskeysSection } from "./PasskeysSection";
import { PasswordSection } from "./PasswordSection";
import { SessionsSection, SignInsSection } from "./SessionsSection";
import { TokensSection } from "./TokensSection";

/** One's own account: everything about how one signs in. */
export function AccountPage() {
  const { t } = useSpeech();
  const { user, second_factor_needed: needed } = useSession();
  const security = useSecurity();
  return (
    <div className={styles["page"]}>
      <div className={styles["inner"]} data-testid="account">
        <header><h1 className={styles["title"]}>{t("account.title")}</h1><p className={styles["hint"]}>{user.name} · {user.email}</p></header>
        {needed && <p className={styles["note"]} role="status">{t("account.needed")}</p>}
        {security.isPending && <Bone width="60%" />}
        {security.error && <ErrorState error={security.error} onRetry={() => void security.refetch()} />}
        {security.data && <><PasswordSection security={security.data} /><FactorsSection security={security.data} /><PasskeysSection security={security.data} /></>}
        <SessionsSection />
        <TokensSection />
        <SignInsSection />
      </div>
    </div>
  );
}
