import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useSession } from "@/api/session";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { copyText } from "@/ui/copy";
import { State } from "@/ui/State";
import { toast } from "@/ui/toast";
import { readDraft } from "./composer/draft";

/** A record that became another one leads there. */
function Merged({ type, into }: { type: ObjectType; into: string }) {
  const { t } = useSpeech();
  return (
    <div data-testid="record-merged">
      <State drawing="missing" title={t("gone.merged")} hint={t("gone.mergedHint")}>
        <Link to="/o/$object/$id" params={{ object: type.api_name, id: into }}><Button type="primary">{t("gone.mergedOpen")}</Button></Link>
      </State>
    </div>
  );
}

/** A record that went away while it was open: says so, leads back, and gives what was typed. */
export function Gone({ type, id, into }: { type: ObjectType; id: string; into?: string | undefined }) {
  const { t, say } = useSpeech();
  const { user } = useSession();
  const { text } = readDraft(user.id, id);
  if (into) return <Merged type={type} into={into} />;
  const copy = () => void copyText(text).then(() => toast(t("action.copied")));
  return (
    <div data-testid="record-gone">
      <State drawing="missing" title={t("gone.title")} hint={text ? t("gone.hint") : undefined}>
        {text && <Button onClick={copy}>{t("gone.copy")}</Button>}
        <Link to="/o/$object" params={{ object: type.api_name }}><Button type="primary">{t("gone.back", { name: say(type.label_plural) })}</Button></Link>
      </State>
    </div>
  );
}
