import "@/features/base/printWords";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { api } from "@/api/client";
import { useCatalog } from "@/api/catalog";
import type { Page } from "@/api/types";
import type { PrintTemplate } from "@/features/base/PrintMenu";
import { useSpeech } from "@/messages";
import { Bone, ErrorState } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import { useAllTemplates } from "./model";
import { Rates } from "./parts/Rates";
import styles from "./Printing.module.css";

function TemplateRow({ template }: { template: PrintTemplate }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const own = template.version > 0;
  const label = say(useCatalog().object(template.object)?.label) || template.object;
  const open = () =>
    void (own
      ? navigate({ to: "/settings/printing/$id", params: { id: template.id } })
      : navigate({ to: "/settings/printing/$id", params: { id: "new" }, search: { object: template.object, language: template.language } as never }));
  return (
    <li className={styles["row"]} data-template={template.id}>
      <span className={styles["name"]}>{own ? template.name : label}</span>
      {own && <Tag color="gray">{label}</Tag>}
      <Tag color="blue">{t(`print.${template.language}`)}</Tag>
      {template.company && <Tag color="violet">{template.company.label ?? ""}</Tag>}
      <Tag color={own ? "green" : "gray"}>{t(own ? "print.own" : "print.shipped")}</Tag>
      {!template.active && <Tag color="yellow">{t("print.off")}</Tag>}
      <Button size="small" type="text" onClick={open}>{t(own ? "action.edit" : "print.copy")}</Button>
    </li>
  );
}

function Companies() {
  const { t, say } = useSpeech();
  const type = useCatalog().object("company");
  const page = useQuery({
    queryKey: ["companies-of-settings"],
    enabled: Boolean(type),
    queryFn: ({ signal }) => api.post<Page>("/records/company/query", { select: ["name", "code", "currency", "active"], limit: 100 }, { signal }),
  });
  if (!type) return null;
  return (
    <section>
      <h3 className={styles["sub"]}>{t("print.companies")}</h3>
      <p className={styles["hint"]}>{t("print.companiesHint")}</p>
      {page.isError && <ErrorState error={page.error} onRetry={() => void page.refetch()} />}
      <ul className={styles["list"]}>
        {page.data?.records.map((record) => (
          <li key={record.id} className={styles["row"]}>
            <Link className={styles["name"]} to="/o/$object/$id" params={{ object: "company", id: record.id }}>{String(record["name"] ?? "")}</Link>
            {Boolean(record["code"]) && <span className={styles["code"]}>{String(record["code"])}</span>}
            {Boolean(record["currency"]) && <Tag color="gray">{String(record["currency"])}</Tag>}
            {record["active"] === false && <Tag color="yellow">{t("print.off")}</Tag>}
          </li>
        ))}
        {page.data?.records.length === 0 && <li className={styles["row"]}><span className={styles["hint"]}>{t("print.noCompanies")}</span></li>}
      </ul>
      <Link to="/o/$object" params={{ object: "company" }}>{say(type.label_plural)} →</Link>
    </section>
  );
}

function Numbers() {
  const { t, say } = useSpeech();
  const catalog = useCatalog();
  const found = catalog.data.objects.flatMap((type) => type.fields.filter((field) => field.type === "autonumber").map((field) => ({ type, field })));
  return (
    <section>
      <h3 className={styles["sub"]}>{t("print.numbers")}</h3>
      <p className={styles["hint"]}>{t("print.numbersHint", { company: "{company}" })}</p>
      <ul className={styles["list"]}>
        {found.map(({ type, field }) => (
          <li key={field.id} className={styles["row"]}>
            <span className={styles["name"]}>{say(type.label)} · {say(field.label)}</span>
            <span className={styles["code"]}>{String(field.config.pattern ?? "")}</span>
            <Link to="/settings/objects/$object" params={{ object: type.api_name }}>{t("print.changePattern")}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Everything that paper and numbers take from: templates, companies, patterns, rates. */
export function PrintingPage() {
  const { t } = useSpeech();
  const templates = useAllTemplates();
  const list = [...(templates.data?.templates ?? [])].sort((a, b) => Number(b.version > 0) - Number(a.version > 0));
  return (
    <div data-testid="printing">
      <header className={styles["head"]}><div><h2 className={styles["title"]}>{t("print.title")}</h2><p className={styles["hint"]}>{t("print.hint")}</p></div></header>
      <h3 className={styles["sub"]}>{t("print.templates")}</h3>
      {templates.isError && <ErrorState error={templates.error} onRetry={() => void templates.refetch()} />}
      {templates.isPending && <Bone height={60} />}
      <ul className={styles["list"]}>{list.map((each) => <TemplateRow key={`${each.id} ${each.object} ${each.language}`} template={each} />)}</ul>
      <Companies />
      <Numbers />
      <Rates />
    </div>
  );
}
