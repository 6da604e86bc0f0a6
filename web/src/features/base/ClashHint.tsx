import "./partnerWords";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useSpeech } from "@/messages";
import { formatDate } from "@/ui/format";
import { useSettled } from "@/ui/hooks";
import styles from "./DuplicateHints.module.css";

interface Place { id: string | null; label: string | null; owner: string | null }
interface Answer {
  free: boolean;
  registrations: { partner: { id: string; label: string | null } | null; until: string }[];
  accounts: Place[];
  deals: Place[];
}

const SHORTEST = 2;

/** Whether a customer is free while its name is typed: who registered it, whose customer it is, who works on a deal with it. */
export default function ClashHint({ customer, creditCode, quiet }: { customer: string; creditCode: string; quiet?: boolean }) {
  const { t, language } = useSpeech();
  const asked = useSettled(`${customer}\n${creditCode}`, 300);
  const [name = "", code = ""] = asked.split("\n");
  const found = useQuery({
    queryKey: ["registrations", "check", name, code],
    enabled: name.trim().length >= SHORTEST,
    retry: false,
    queryFn: ({ signal }) => api.post<Answer>("/registrations/check", { customer: name.trim(), ...(code.trim() ? { credit_code: code.trim() } : {}) }, { signal }),
  }).data;
  if (!found || name.trim().length < SHORTEST) return null;
  const owner = (place: Place) => place.owner ?? t("partners.nobody");
  const said = [
    ...found.registrations.map((each) => t("partners.protected", { partner: each.partner?.label ?? t("partners.other"), until: formatDate(each.until, language) })),
    ...found.accounts.map((each) => (each.label ? t("partners.account", { name: each.label, owner: owner(each) }) : t("partners.accountOf", { owner: owner(each) }))),
    ...(found.deals.length ? [t("partners.deals", { owners: [...new Set(found.deals.map(owner))].join(language === "zh-CN" ? "、" : ", ") })] : []),
  ];
  if (said.length === 0 && quiet) return null;
  return (
    <div role="status" data-testid="clash" data-free={found.free} data-action={found.free ? (said.length ? "warn" : "merge") : "block"} className={styles["box"]}>
      {found.free && <p>{t("partners.free")}</p>}
      {said.map((line) => <p key={line}>{line}</p>)}
    </div>
  );
}
