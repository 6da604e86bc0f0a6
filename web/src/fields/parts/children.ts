import { useMemo } from "react";
import { useCatalog } from "@/api/catalog";
import { useSpeech } from "@/messages";
import type { Option } from "./Choose";
import { useDesignPlace } from "./design";

/** Relations of other objects that lead to the object being shaped, as `child.field`. */
export function useChildOptions(): Option[] {
  const catalog = useCatalog();
  const place = useDesignPlace();
  const { say } = useSpeech();
  return useMemo(
    () => catalog.data.objects.flatMap((child) =>
      child.fields
        .filter((field) => field.type === "relation" && !field.system && field.config.target === place?.object)
        .map((field) => ({ value: `${child.api_name}.${field.api_name}`, text: `${say(child.label_plural)} · ${say(field.label)}` }))),
    [catalog, place?.object, say],
  );
}
