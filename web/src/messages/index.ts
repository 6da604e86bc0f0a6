import { createContext, useContext } from "react";
import type { Language, Localized } from "@/api/types";
import { access } from "./access";
import { account } from "./account";
import { audit } from "./audit";
import { board } from "./board";
import type { build } from "./build";
import { common } from "./common";
import { duplicateHints } from "./duplicateHints";
import type { duplicates } from "./duplicates";
import { fieldTypes } from "./fieldTypes";
import { files } from "./files";
import { filters } from "./filters";
import type { forecast } from "./forecast";
import { forms } from "./forms";
import type { grading } from "./grading";
import { grid } from "./grid";
import type { health } from "./health";
import { help } from "./help";
import { imports } from "./imports";
import { list } from "./list";
import type { partners } from "./partners";
import type { performance } from "./performance";
import type { pipelines } from "./pipelines";
import type { pools } from "./pools";
import type { printing } from "./printing";
import type { quoting } from "./quoting";
import type { receivables } from "./receivables";
import { record } from "./record";
import { security } from "./security";
import { session } from "./session";
import { settings } from "./settings";
import { fill, type Params } from "./translate";
import { work } from "./work";

const everywhere = { ...common, ...duplicateHints, ...account, ...security, ...session, ...list, ...grid, ...filters, ...board, ...record, ...forms, ...imports, ...settings, ...fieldTypes, ...access, ...audit, ...files, ...help, ...work };
type Later = typeof build & typeof pools & typeof duplicates & typeof pipelines & typeof forecast & typeof grading & typeof quoting & typeof receivables & typeof printing & typeof partners & typeof health & typeof performance;
type Everything = typeof everywhere & Later;
/** What only some screens say comes with them (as `messages/designers`): nobody else waits for it. */
export const messages: Everything = everywhere as Everything;
export const addMessages = (more: Partial<Later>) => void Object.assign(messages, more);
export type MessageKey = keyof Everything;
export type Translate = <K extends MessageKey>(key: K, ...params: Params<(typeof messages)[K]>) => string;

export interface Speech {
  language: Language;
  t: Translate;
  /** A catalog label in this language. */
  say: (label: Localized | string | null | undefined) => string;
}

export function speechOf(language: Language): Speech {
  const at = language === "zh-CN" ? 0 : 1;
  return {
    language,
    t: (key, ...params) => fill(messages[key][at], params[0] as Record<string, string | number> | undefined, language),
    say: (label) => {
      if (!label) return "";
      if (typeof label === "string") return label;
      return label[language] ?? label["zh-CN"] ?? label["en"] ?? "";
    },
  };
}

export const SpeechContext = createContext<Speech>(speechOf("zh-CN"));
export const useSpeech = () => useContext(SpeechContext);
