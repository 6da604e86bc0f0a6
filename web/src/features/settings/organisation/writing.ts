import { useQueryClient } from "@tanstack/react-query";
import type { Organisation } from "@/api/access";
import { api } from "@/api/client";
import { keys } from "@/features/base/keys";
import { accessKeys } from "../access/read";

type Kind = Organisation["memberships"][number]["kind"];

/** Whatever changes the organisation may change every right and every list of people. */
export function useRefresh() {
  const client = useQueryClient();
  return () =>
    Promise.all([
      ...["user", "department", "position", "user_group"].map((object) => client.invalidateQueries({ queryKey: keys.object(object) })),
      client.invalidateQueries({ queryKey: ["candidates"] }),
      client.invalidateQueries({ queryKey: ["access"] }),
    ]);
}

/** Memberships are kept per person, so that changing one department's people writes each person touched. */
export function useMemberships() {
  const client = useQueryClient();
  const current = () => client.fetchQuery({ queryKey: accessKeys.organisation, staleTime: 0, queryFn: () => api.get<Organisation>("/organisation") });
  const write = async (user: string, rows: { department: string; kind: Kind }[]) => {
    await api.put(`/organisation/people/${user}/memberships`, { memberships: rows });
  };
  /** Exactly these people are of this kind in the department; all else stays. */
  const setOf = async (department: string, kind: Kind, people: string[]) => {
    const { memberships } = await current();
    const here = (row: Organisation["memberships"][number]) => row.department === department && row.kind === kind;
    const before = memberships.filter(here).map((row) => row.user);
    for (const user of new Set([...before, ...people])) {
      const wanted = people.includes(user);
      if (wanted === before.includes(user)) continue;
      const others = memberships.filter((row) => row.user === user && !here(row)).map((row) => ({ department: row.department, kind: row.kind }));
      await write(user, wanted ? [...others, { department, kind }] : others);
    }
  };
  return { write, setOf };
}
