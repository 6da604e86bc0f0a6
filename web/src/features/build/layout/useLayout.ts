import { useRef, useState } from "react";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { useDraft } from "../draft/context";
import type { Designed, Layout, NamedLayout } from "../model";
import { cleaned } from "./edit";

/** The layout being shaped: the object's own, or one for some. Changes show at once and go into the draft behind. */
export function useLayout(type: Designed, key: string | null) {
  const { t } = useSpeech();
  const { edit } = useDraft();
  const [local, setLocal] = useState<{ key: string | null; layout: Layout } | null>(null);
  const running = useRef(0);
  const named = type.design.layouts.find((each) => each.key === key);
  const stored = named?.layout ?? type.design.layout;
  const known = new Set(type.fields.map((field) => field.api_name));

  const send = async (set: Record<string, unknown>) => {
    running.current += 1;
    try {
      await edit({ kind: "update_object", object: type.api_name, set });
    } catch (error) {
      complain(error, t);
      throw error;
    } finally {
      running.current -= 1;
      if (running.current === 0) setLocal(null);
    }
  };
  const change = (layout: Layout) => {
    const next = cleaned(layout, known);
    setLocal({ key, layout: next });
    const set = named ? { layouts: type.design.layouts.map((each) => (each.key === key ? { ...each, layout: next } : each)) } : { layout: next };
    send(set).catch(() => undefined);
  };
  return {
    layout: local && local.key === key ? local.layout : stored,
    named,
    change,
    setLayouts: (layouts: NamedLayout[]) => send({ layouts }),
  };
}
