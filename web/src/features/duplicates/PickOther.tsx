import { useNavigate } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useState } from "react";
import type { ObjectType } from "@/api/types";
import { useRecord, useRecordList } from "@/features/base/read";
import { useDuplicates } from "@/features/base/duplicates";
import { useSpeech } from "@/messages";
import styles from "./Duplicates.module.css";

/** From one record's page: which others it is merged with, those that look like it first. */
export function PickOther({ type, id }: { type: ObjectType; id: string }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const [search, setSearch] = useState("");
  const record = useRecord(type.api_name, id).data;
  const title = type.title_field;
  const alike = useDuplicates(type.api_name, record ?? {}, record !== undefined);
  const list = useRecordList(type.api_name, { select: [title], limit: 20, ...(search ? { search } : {}) }, search !== "");
  const found = search ? (list.data?.pages.flatMap((page) => page.records) ?? []).map((each) => ({ id: each.id, name: String(each[title] ?? "") })) : alike.flatMap((each) => (each.id && each.object === type.api_name ? [{ id: each.id, name: each.name ?? "" }] : []));
  return (
    <div data-testid="merge-pick">
      <header className={styles["head"]}><div><h1 className={styles["title"]}>{t("dup.mergeTitle", { label: say(type.label) })}</h1><p className={styles["hint"]}>{String(record?.[title] ?? "")}</p></div></header>
      <Input.Search allowClear aria-label={t("dup.mergeChoose")} placeholder={t("dup.mergeChoose")} onSearch={setSearch} />
      <ul>
        {found.filter((each) => each.id !== id).map((each) => (
          <li key={each.id} className={styles["row"]}><span className={styles["face"]}>{each.name}</span><Button size="small" onClick={() => void navigate({ to: "/duplicates/merge", search: { object: type.api_name, ids: `${id},${each.id}` } })}>{t("dup.merge")}</Button></li>
        ))}
      </ul>
    </div>
  );
}
