import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Check, Footprints, Keyboard, LogOut, Plus, Search, UserRound } from "lucide-react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import { useSession } from "@/api/session";
import type { Language } from "@/api/types";
import { openHelp, openPalette, openQuickCreate } from "@/features/base/openers";
import { changeLanguage, changeTheme, usePreferences, type ThemeChoice } from "@/features/base/preferences";
import { useSpeech } from "@/messages";
import { IconButton } from "@/ui/IconButton";
import { ObjectIcon } from "@/ui/icons";
import { Mark } from "@/ui/Mark";
import { Menu, type MenuEntry } from "@/ui/Menu";
import { complain } from "@/ui/says";
import { forgetSession } from "./Reauthenticate";
import styles from "./Shell.module.css";

const THEMES: [ThemeChoice, "top.themeLight" | "top.themeDark" | "top.themeSystem"][] = [["light", "top.themeLight"], ["dark", "top.themeDark"], ["system", "top.themeSystem"]];
const LANGUAGES: [Language, string][] = [["zh-CN", "简体中文"], ["en", "English"]]; // strings-ok: each language names itself
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

function PersonMenu() {
  const { user } = useSession();
  const { t } = useSpeech();
  const client = useQueryClient();
  const navigate = useNavigate();
  const preferences = usePreferences();
  const speak = async (language: Language) => {
    changeLanguage(language);
    try {
      await api.patch("/sessions/current/user", { language });
      await client.invalidateQueries();
    } catch (error) {
      complain(error, t);
    }
  };
  const signOut = async () => {
    try {
      await api.delete("/sessions/current");
    } catch (error) {
      return complain(error, t);
    }
    forgetSession();
    await navigate({ to: "/sign-in" });
    client.clear();
  };
  const tick = (on: boolean) => <span style={{ display: "inline-block", width: 14 }}>{on && <Check size={14} />}</span>;
  const entries: MenuEntry[] = [
    { key: "name", label: <><strong>{user.name}</strong><br /><small>{user.email}</small></>, disabled: true },
    { key: "account", label: t("account.title"), icon: <UserRound size={14} />, onSelect: () => void navigate({ to: "/account" }) },
    { key: "r1", label: "", divider: true },
    ...LANGUAGES.map(([language, name]) => ({ key: language, label: name, icon: tick(preferences.language === language), onSelect: () => void speak(language) })),
    { key: "r2", label: "", divider: true },
    ...THEMES.map(([theme, key]) => ({ key: theme, label: t(key), icon: tick(preferences.theme === theme), onSelect: () => changeTheme(theme) })),
    { key: "r3", label: "", divider: true },
    { key: "shortcuts", label: t("help.shortcuts"), icon: <Keyboard size={14} />, onSelect: () => openHelp("shortcuts") },
    { key: "tour", label: t("help.tour"), icon: <Footprints size={14} />, onSelect: () => openHelp("tour") },
    { key: "r4", label: "", divider: true },
    { key: "out", label: t("top.signOut"), icon: <LogOut size={14} />, onSelect: () => void signOut() },
  ];
  return (
    <Menu entries={entries}>
      <button type="button" className={styles["person"]} aria-label={t("top.person", { name: user.name })}><Mark name={user.name} size={28} /></button>
    </Menu>
  );
}

export function TopBar() {
  const catalog = useCatalog();
  const { workspace } = useSession();
  const { t, say } = useSpeech();
  const creatable = catalog.navigation.filter((type) => type.permissions.create);
  return (
    <header className={styles["top"]}>
      <span className={styles["where"]}>{workspace.name}</span>
      <button type="button" data-tour="search" className={styles["search"]} onClick={openPalette} aria-label={t("top.search")}>
        <Search size={14} aria-hidden />{t("top.search")}<kbd>{isMac ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      <div className={styles["right"]}>
        <Menu entries={creatable.map((type) => ({ key: type.id, label: t("action.createOne", { label: say(type.label) }), icon: <ObjectIcon name={type.icon} size={15} />, onSelect: () => openQuickCreate(type.api_name) }))}>
          <IconButton data-tour="create" label={t("top.quickCreate")}><Plus size={18} /></IconButton>
        </Menu>
        <PersonMenu />
      </div>
    </header>
  );
}
