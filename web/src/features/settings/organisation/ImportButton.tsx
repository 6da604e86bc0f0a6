import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { Upload } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";

/** People and departments come from a file as any other records do. */
export function ImportButton({ object, small = false }: { object: string; small?: boolean }) {
  const { t } = useSpeech();
  const navigate = useNavigate();
  if (!useCatalog().object(object)?.permissions.import) return null;
  return <Button icon={<Upload size={14} />} aria-label={t("org.import")} title={t("org.import")} onClick={() => void navigate({ to: "/import", search: { object } })}>{small ? null : t("org.import")}</Button>;
}
