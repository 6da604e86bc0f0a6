import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import type { Language } from "@/api/types";
import { useSpeech } from "@/messages";
import { Bone } from "@/ui/State";
import { places, type TemplateDocument } from "../model";
import styles from "../Printing.module.css";

/** A moment of quiet before the pages are set anew: a print costs the server half a second. */
function useQuiet<Value>(value: Value, wait = 700): Value {
  const [quiet, setQuiet] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(value), wait);
    return () => clearTimeout(timer);
  }, [value, wait]);
  return quiet;
}

/** The pages as they would be printed, as pictures; what cannot be set is said, and the last good pages stay. */
export function Preview({ object, language, document, onErrors }: { object: string; language: Language; document: TemplateDocument; onErrors: (errors: Record<string, string>) => void }) {
  const { t } = useSpeech();
  const quiet = useQuiet(document);
  const query = useQuery({
    queryKey: ["print-preview", object, language, quiet],
    retry: false,
    gcTime: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.post<{ pages: string[] }>("/print-templates/preview", { object, language, document: quiet }, { signal }),
  });
  useEffect(() => onErrors(places(query.error)), [query.error, onErrors]);
  const [pages, setPages] = useState<string[]>([]);
  useEffect(() => {
    if (query.data) setPages(query.data.pages);
  }, [query.data]);
  return (
    <div className={styles["preview"]} data-testid="print-preview" aria-busy={query.isFetching}>
      <p className={styles["hint"]}>{query.isFetching ? t("print.previewing") : t("print.previewHint")}</p>
      {query.isPending && pages.length === 0 && <Bone height={480} />}
      {pages.map((page, place) => <img key={place} className={styles["page"]} alt={t("print.page", { n: place + 1 })} src={`data:image/png;base64,${page}`} />)}
    </div>
  );
}
