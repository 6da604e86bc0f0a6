import { ExportsPage } from "@/features/inbox/ExportsPage";
import { Welcome } from "@/features/help/Welcome";
import { InboxPage } from "@/features/inbox/InboxPage";
import { TodayPage } from "@/features/today/TodayPage";
import { useSpeech } from "@/messages";
import { useTitle } from "./title";

export function TodayRoute() {
  useTitle(useSpeech().t("nav.today"));
  return <TodayPage><Welcome /></TodayPage>;
}
export function InboxRoute() {
  useTitle(useSpeech().t("nav.inbox"));
  return <InboxPage />;
}
export function ExportsRoute() {
  useTitle(useSpeech().t("exports.title"));
  return <ExportsPage />;
}
