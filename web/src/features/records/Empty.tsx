import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import type { ObjectType } from "@/api/types";
import { openQuickCreate } from "@/features/base/openers";
import { useSpeech } from "@/messages";
import { State } from "@/ui/State";

/** A list or board without records teaches the next step; one emptied by its filter says so instead. */
export function Empty({ type, filtered }: { type: ObjectType; filtered: boolean }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  if (filtered) return <State drawing="search" title={t("list.emptyFiltered", { label: say(type.label_plural) })} hint={t("list.emptyFilteredHint")} />;
  return (
    <State drawing="rows" title={t("list.empty", { label: say(type.label_plural) })} hint={t("list.emptyHint")}>
      {type.permissions.create && <Button type="primary" onClick={() => openQuickCreate(type.api_name)}>{t("action.createOne", { label: say(type.label) })}</Button>}
      {type.permissions.import && <Button onClick={() => void navigate({ to: "/import", search: { object: type.api_name } })}>{t("list.import")}</Button>}
    </State>
  );
}
