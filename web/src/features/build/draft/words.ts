import { useCatalog } from "@/api/catalog";
import type { Localized } from "@/api/types";
import { messages, useSpeech, type MessageKey } from "@/messages";
import type { Impact, Operation } from "../model";

/** An operation as a sentence: what is done to what, and which settings of it. */
export function useWords() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  return (operation: Operation & Partial<Impact>): string => {
    const place = String(operation["object"] ?? operation["api_name"] ?? "");
    const given = operation["field"];
    const fieldLabel = typeof given === "object" && given !== null ? say((given as { label?: Localized }).label) : typeof given === "string" ? say(catalog.field(place, given)?.label) || given : "";
    const object = say(operation["label"] as Localized) || say(catalog.object(place)?.label) || place;
    const told = operation.summary ? say(operation.summary) : "";
    const name = [object, fieldLabel].filter(Boolean).join(" \u00b7 ") || told;
    const key = `change.${operation.kind}`;
    const sentence = key in messages ? t(key as MessageKey as "change.add_field", { name }) : `${operation.kind} ${name}`;
    const settings = Object.keys((operation["set"] as object | undefined) ?? {}).map((setting) => (`setting.${setting}` in messages ? t(`setting.${setting}` as MessageKey as "setting.label") : setting));
    return settings.length ? t("change.with", { sentence, settings: settings.join(t("list.comma")) }) : sentence;
  };
}

/** A setting two people changed, as a place in words. */
export function useClashWords() {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  return (clash: { object: string; field: string | null; setting: string }) => {
    const setting = `setting.${clash.setting}` in messages ? t(`setting.${clash.setting}` as MessageKey as "setting.label") : clash.setting;
    const field = clash.field ? say(catalog.field(clash.object, clash.field)?.label) || clash.field : "";
    return [say(catalog.object(clash.object)?.label) || clash.object, field, setting].filter(Boolean).join(" \u00b7 ");
  };
}
