import { useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { receiveSeeing } from "@/api/seeing";
import { useSpeech } from "@/messages";
import { State } from "@/ui/State";

/** The window that looks through somebody's eyes: before it has its token, and after it has ended. */
export function SeePage() {
  const { t } = useSpeech();
  const { over } = useSearch({ from: "/see" });
  useEffect(() => (over ? undefined : receiveSeeing()), [over]);
  return over ? <State drawing="denied" title={t("see.over")} hint={t("see.overHint")} /> : <State drawing="search" title={t("see.waiting")} />;
}
