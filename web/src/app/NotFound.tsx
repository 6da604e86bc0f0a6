import { useSpeech } from "@/messages";
import { State } from "@/ui/State";

export function NotFound() {
  const { t } = useSpeech();
  return <State drawing="missing" title={t("state.notFoundTitle")} hint={t("state.notFoundHint")}><a href="/">{t("state.home")}</a></State>;
}
