import { useSyncExternalStore } from "react";
import type { Language } from "@/api/types";
import { setRequestLanguage } from "@/api/client";
import type { Mode } from "@/tokens/theme";

export type ThemeChoice = Mode | "system";
interface Preferences {
  language: Language;
  theme: ThemeChoice;
  mode: Mode;
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const stored = (key: string) => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};
const store = (key: string, value: string) => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice then lasts as long as the tab.
  }
};
const modeOf = (theme: ThemeChoice): Mode => (theme === "system" ? (dark.matches ? "dark" : "light") : theme);

function start(): Preferences {
  const language = stored("banyan.language") === "en" || (!stored("banyan.language") && !navigator.language.startsWith("zh")) ? "en" : "zh-CN";
  const chosen = stored("banyan.theme");
  const theme = chosen === "light" || chosen === "dark" ? chosen : "system";
  setRequestLanguage(language);
  return { language, theme, mode: modeOf(theme) };
}

let preferences = start();
const listeners = new Set<() => void>();

function update(change: Partial<Preferences>) {
  preferences = { ...preferences, ...change };
  preferences.mode = modeOf(preferences.theme);
  document.documentElement.lang = preferences.language;
  document.documentElement.dataset["theme"] = preferences.mode;
  setRequestLanguage(preferences.language);
  listeners.forEach((listener) => listener());
}
dark.addEventListener("change", () => update({}));

export function changeLanguage(language: Language) {
  store("banyan.language", language);
  update({ language });
}
export function changeTheme(theme: ThemeChoice) {
  store("banyan.theme", theme);
  update({ theme });
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => preferences,
  );
}
