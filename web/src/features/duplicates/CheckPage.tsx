import { Button, Input } from "antd";
import { useState } from "react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { DuplicateMatch } from "@/features/base/duplicates";
import { useWhere } from "@/features/base/DuplicateHints";
import { useSpeech } from "@/messages";
import { explain } from "@/ui/says";
import { State } from "@/ui/State";
import { Tag } from "@/ui/Tag";
import styles from "./Duplicates.module.css";
import { DuplicatesFrame } from "./Tabs";
import "./words";

interface Answer {
  matches: (Pick<DuplicateMatch, "object" | "name" | "owner" | "state" | "pool"> & { exact: boolean })[];
  left: number;
}

/** 查重: is there such a customer, and whose. strings-ok: the Chinese name of the screen */
export function CheckPage() {
  const { t, say } = useSpeech();
  const catalog = useCatalog();
  const where = useWhere();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Answer>();
  const [fault, setFault] = useState<string>();
  const ask = async () => {
    if (!text.trim()) return;
    setBusy(true);
    setFault(undefined);
    try {
      setAnswer(await api.post<Answer>("/duplicates/ask", { text }));
    } catch (error) {
      setAnswer(undefined);
      setFault(explain(error, t));
    }
    setBusy(false);
  };
  return (
    <DuplicatesFrame hint={t("dup.askHint")}>
      <form className={styles["ask"]} data-testid="duplicate-ask" onSubmit={(event) => { event.preventDefault(); void ask(); }}>
        <Input autoFocus aria-label={t("dup.askLabel")} placeholder={t("dup.askLabel")} maxLength={200} value={text} onChange={(event) => setText(event.target.value)} />
        <Button type="primary" htmlType="submit" loading={busy}>{t("dup.ask")}</Button>
      </form>
      {fault && <p role="alert">{fault}</p>}
      {answer && <p className={styles["meta"]}>{answer.matches.length > 0 && `${t("dup.found", { n: answer.matches.length })} · `}{t("dup.left", { n: answer.left })}</p>}
      {answer?.matches.length === 0 && <State drawing="rows" title={t("dup.none")} />}
      <ul data-testid="duplicate-answers">
        {answer?.matches.map((match, index) => (
          <li key={index} className={styles["row"]}>
            <Tag color={match.exact ? "red" : "amber"}>{t(match.exact ? "dup.exact" : "dup.near")}</Tag>
            <div className={styles["face"]}><div className={styles["name"]}>{match.name}</div><div className={styles["meta"]}>{say(catalog.object(match.object)?.label) || match.object} · {where(match)}</div></div>
          </li>
        ))}
      </ul>
    </DuplicatesFrame>
  );
}
