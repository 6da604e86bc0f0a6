import { useQuery } from "@tanstack/react-query";
import { useCatalog } from "@/api/catalog";
import { api } from "@/api/client";
import type { JourneyStep } from "@/api/timeline";
import type { ObjectType } from "@/api/types";
import { keys } from "@/features/base/keys";

/** Whether people follow up on records of this object: only then is there a way to have come. */
export function useIsFollowed(type: ObjectType): boolean {
  return useCatalog().object("activity")?.fields.some((field) => field.type === "relation" && field.config.target === type.api_name) ?? false;
}

/** How far it has come with a record. Stale as its timeline is: what is made shows in both. */
export function useJourney(type: ObjectType, id: string): JourneyStep[] {
  const followed = useIsFollowed(type);
  const found = useQuery({
    queryKey: [...keys.timeline(type.api_name, id), "journey"],
    enabled: followed,
    queryFn: ({ signal }) => api.get<{ steps: JourneyStep[] }>(`/records/${type.api_name}/${id}/journey`, { signal }),
  });
  return found.data?.steps ?? [];
}
