import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useSession } from "@/api/session";
import type { ObjectType } from "@/api/types";
import { useSpeech } from "@/messages";
import { copyText } from "@/ui/copy";
import { State } from "@/ui/State";
import { toast } from "@/ui/toast";
import { readDraft } from "./composer/draft";

/** A record that went away while it was open: says so, leads back, and gives what was typed. */
export function Gone({ type, id }: { type: ObjectType; id: string }) {
  const { t, say } = useSpeech();
  const { user } = useSession();
  const { text } = readDraft(user.id, id);
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
