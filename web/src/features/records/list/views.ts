import { useQueryClient } from "@tanstack/react-query";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { View, ViewConfig, ViewKind, ViewVisibility } from "@/api/types";
import { keys } from "@/features/base/keys";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import { toast } from "@/ui/toast";

export interface ViewDraft {
  name: string;
  visibility: ViewVisibility;
  /** Keys of the roles that see it, where it is for roles. */
  roles: string[];
  /** Of a new one: its kind and what that is drawn by. */
  kind?: ViewKind;
  config?: ViewConfig;
}

/** Creating, saving, renaming and deleting views; each refreshes the catalog, which is where views live. */
export function useViewWrites(object: string) {
  const client = useQueryClient();
  const catalog = useCatalog();
  const { t, say, language } = useSpeech();
  const refresh = () => client.invalidateQueries({ queryKey: keys.catalog });
  const attempt = async <T,>(run: () => Promise<T>): Promise<T | null> => {
    try {
      const result = await run();
      await refresh();
      return result;
    } catch (error) {
      complain(error, t);
      return null;
    }
  };
  const position = 1 + Math.max(-1, ...catalog.views(object).map((view) => view.position));
  const body = (draft: ViewDraft, kind: View["kind"], config: ViewConfig) => ({ object, kind: draft.kind ?? kind, position, config: { ...config, ...draft.config }, visibility: draft.visibility, roles: draft.roles, name: { [language]: draft.name } });
  return {
    create: (draft: ViewDraft, kind: View["kind"], config: ViewConfig) => attempt(() => api.post<View>("/views", body(draft, kind, config))),
    save: async (view: View, config: ViewConfig) => {
      const saved = await attempt(() => api.patch<View>(`/views/${view.id}`, { config }));
      if (saved) toast(t("list.viewSaved"));
      return saved;
    },
    rename: (view: View, draft: ViewDraft) => attempt(() => api.patch<View>(`/views/${view.id}`, { name: { ...view.name, [language]: draft.name }, visibility: draft.visibility, roles: draft.roles, ...(draft.config && Object.keys(draft.config).length > 0 ? { config: { ...view.config, ...draft.config } } : {}) })),
    remove: async (view: View) => {
      await attempt(() => api.delete(`/views/${view.id}`).then(() => true));
      const { name, kind, visibility, roles = [], config, position: place } = view;
      const undo = () => void attempt(() => api.post<View>("/views", { object, name, kind, visibility, roles, config, position: place }));
      toast(t("list.viewDeleted", { name: say(view.name) }), { action: { label: t("action.undo"), run: undo } });
    },
  };
}
