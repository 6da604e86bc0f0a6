import { Tour as Steps, type TourProps } from "antd";
import { useMemo } from "react";
import { useSession } from "@/api/session";
import { useSpeech } from "@/messages";
import { useTeam } from "@/features/base/team";

/** Where each step points; one whose place is not on the screen is left out. */
const place = (name: string) => document.querySelector<HTMLElement>(`[data-tour="${name}"]`);

/** A minute through the places this person will use: a seller's, with the team for who leads one and building for who builds. */
export function Tour({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const { user } = useSession();
  const leads = (useTeam(true).data?.people.length ?? 0) > 0;
  const builds = user.powers.includes("configure");
  const steps = useMemo(() => {
    const found = [
      { at: "today", title: t("help.todayTitle"), description: t("help.todayText") },
      { at: "search", title: t("help.searchTitle"), description: t("help.searchText") },
      { at: "create", title: t("help.createTitle"), description: t("help.createText") },
      { at: "objects", title: t("help.objectsTitle"), description: t("help.objectsText") },
      { at: "inbox", title: t("help.inboxTitle"), description: t("help.inboxText") },
      ...(leads ? [{ at: "today", title: t("help.teamTitle"), description: t("help.teamText") }] : []),
      ...(builds ? [{ at: "settings", title: t("help.buildTitle"), description: t("help.buildText") }] : []),
    ];
    return found.filter((step) => (place(step.at)?.getClientRects().length ?? 0) > 0).map((step) => ({ title: step.title, description: step.description, target: () => place(step.at) }));
  }, [t, leads, builds]);
  return <Steps open steps={steps as NonNullable<TourProps["steps"]>} onClose={onClose} onFinish={onClose} />;
}
