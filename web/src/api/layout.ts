import type { Filter, Localized } from "./types";

export interface LayoutSection {
  label: Localized;
  fields: string[];
  columns?: 1 | 2;
  collapsed?: boolean;
  visible_when?: Filter | null;
}

export interface ObjectLayout {
  highlights: string[];
  path: string | null;
  sections: LayoutSection[];
  related: { object: string; field: string }[];
}
