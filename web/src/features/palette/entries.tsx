import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FileDown, Inbox, Keyboard, ListTodo, Plus, Settings } from "lucide-react";
import { createElement, type ReactNode } from "react";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import { useSettingsHome } from "@/api/session";
import type { SearchResult } from "@/api/types";
import { openHelp, openQuickCreate } from "@/features/base/openers";
import { useRecents } from "@/features/base/recents";
import { places } from "@/features/base/places";
import { viewIcon, viewPath } from "@/features/base/viewKinds";
import { useSpeech } from "@/messages";
import { useSettled } from "@/ui/hooks";
import { Mark, ObjectMark } from "@/ui/Mark";

export interface Entry {
  key: string;
  group: "palette.recent" | "palette.frequent" | "palette.records" | "palette.objects" | "palette.views" | "palette.actions";
  text: string;
  meta?: string | undefined;
  icon: ReactNode;
  run: () => void;
}

/** Everything one can go to or do, cut down to what was typed; records come from the server's search. */
export function useEntries(typed: string): { entries: Entry[]; loading: boolean } {
  const catalog = useCatalog();
  const navigate = useNavigate();
  const settings = useSettingsHome();
  const { t, say } = useSpeech();
  const text = useSettled(typed.trim(), 120);
  const found = useQuery({
    queryKey: ["search", text],
    enabled: text.length > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.get<{ results: SearchResult[] }>("/search", { signal, query: { q: text, limit: 12 } }),
  });
  const wanted = typed.trim().toLowerCase();
  const fits = (entry: Entry) => wanted === "" || entry.text.toLowerCase().includes(wanted);

  const known = useRecents();
  const recent = known.data?.recent.slice(0, 6) ?? [];
  // What stands among the last is not said a second time.
  const often = (known.data?.frequent ?? []).filter((each) => !recent.some(({ id }) => id === each.id)).slice(0, 4);
  const opened = wanted !== "" ? [] : ([["palette.recent", recent], ["palette.frequent", often]] as const).flatMap(([group, found]) => found.map((each): Entry => ({
    key: `${group}:${each.id}`, group, text: each.title ?? "", meta: say(catalog.object(each.object)?.label), icon: <Mark name={each.title || "?"} size={22} />,
    run: () => void navigate({ to: "/o/$object/$id", params: { object: each.object, id: each.id } }),
  })));
  const records = wanted === "" ? [] : (found.data?.results ?? []).map((result): Entry => ({
    key: `r:${result.id}`, group: "palette.records", text: result.title,
    meta: [say(catalog.object(result.object)?.label), result.subtitle].filter(Boolean).join(" · "),
    icon: <Mark name={result.title} size={22} />,
    run: () => void navigate({ to: "/o/$object/$id", params: { object: result.object, id: result.id } }),
  }));
  // Who names one finds those too that have no place in the rail.
  const listed = wanted === "" ? catalog.navigation : catalog.data.objects;
  const objects = listed.map((type): Entry => ({
    key: `o:${type.api_name}`, group: "palette.objects", text: say(type.label_plural), icon: <ObjectMark icon={type.icon} color={type.color} size={22} />,
    run: () => void navigate({ to: "/o/$object", params: { object: type.api_name } }),
  }));
  const views = wanted === "" ? [] : catalog.data.views.map((view): Entry => ({
    key: `v:${view.id}`, group: "palette.views", text: say(view.name), meta: say(catalog.object(view.object)?.label),
    icon: createElement(viewIcon[view.kind], { size: 16 }),
    run: () => void navigate({ to: viewPath[view.kind], params: { object: view.object }, search: { view: view.id } }),
  }));
  const creating = catalog.navigation.filter((type) => type.permissions.create).map((type): Entry => ({
    key: `c:${type.api_name}`, group: "palette.actions", text: t("action.createOne", { label: say(type.label) }), icon: <Plus size={16} />, run: () => openQuickCreate(type.api_name),
  }));
  const going: Entry[] = [
    { key: "today", group: "palette.actions", text: t("nav.today"), icon: <ListTodo size={16} />, run: () => void navigate({ to: "/today" }) },
    { key: "inbox", group: "palette.actions", text: t("nav.inbox"), icon: <Inbox size={16} />, run: () => void navigate({ to: "/inbox" }) },
    { key: "shortcuts", group: "palette.actions", text: t("help.shortcuts"), icon: <Keyboard size={16} />, run: () => openHelp("shortcuts") },
    { key: "exports", group: "palette.actions", text: t("exports.title"), icon: <FileDown size={16} />, run: () => void navigate({ to: "/exports" }) },
    ...places.filter((place) => place.shown(catalog)).map(({ label, to, icon: Icon }) => ({ key: to, group: "palette.actions", text: t(label), icon: <Icon size={16} />, run: () => void navigate({ to }) }) as const),
    ...(settings ? [{ key: "settings", group: "palette.actions", text: t("nav.settings"), icon: <Settings size={16} />, run: () => void navigate({ to: settings }) } as const] : []),
  ];
  return { entries: [...opened, ...records, ...[...objects, ...views, ...creating, ...going].filter(fits)], loading: found.isFetching };
}
