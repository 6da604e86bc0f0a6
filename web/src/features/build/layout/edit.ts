import type { Layout, Section } from "../model";
import { moved } from "../model";

/** Where a field stands: which section, which place in it. */
export interface Spot {
  section: number;
  index: number;
}

export function spotOf(layout: Layout, name: string): Spot | null {
  const section = layout.sections.findIndex((each) => each.fields.includes(name));
  return section < 0 ? null : { section, index: layout.sections[section]!.fields.indexOf(name) };
}

const withSection = (layout: Layout, at: number, change: (section: Section) => Section): Layout => ({ ...layout, sections: layout.sections.map((each, index) => (index === at ? change(each) : each)) });

export const changeSection = (layout: Layout, at: number, change: Partial<Section>): Layout => withSection(layout, at, (section) => ({ ...section, ...change }));
export const removeSection = (layout: Layout, at: number): Layout => ({ ...layout, sections: layout.sections.filter((_, index) => index !== at) });
export const moveSection = (layout: Layout, from: number, to: number): Layout => ({ ...layout, sections: moved(layout.sections, from, to) });
export const removeField = (layout: Layout, name: string): Layout => ({ ...layout, sections: layout.sections.map((each) => ({ ...each, fields: each.fields.filter((field) => field !== name) })) });

/** A field at a place, taken from wherever it stood; a place beyond the end is the end. */
export function placeField(layout: Layout, name: string, to: Spot): Layout {
  return withSection(removeField(layout, name), to.section, (section) => {
    const fields = [...section.fields];
    fields.splice(Math.min(to.index, fields.length), 0, name);
    return { ...section, fields };
  });
}

/** One place up or down; over the edge of a section into the next one. */
export function nudge(layout: Layout, name: string, by: number): Layout {
  const spot = spotOf(layout, name);
  if (!spot) return layout;
  const size = layout.sections[spot.section]!.fields.length;
  const index = spot.index + by;
  if (index >= 0 && index < size) return placeField(layout, name, { section: spot.section, index });
  const section = spot.section + Math.sign(by);
  const next = layout.sections[section];
  return next ? placeField(layout, name, { section, index: by > 0 ? 0 : next.fields.length }) : layout;
}

/** What a drop means: onto a field, it takes that place; onto a section, its end; onto the palette, it leaves the page. */
export function dropped(layout: Layout, name: string, over: string): Layout {
  if (over === "palette") return removeField(layout, name);
  if (over.startsWith("section:")) {
    const section = Number(over.slice("section:".length));
    return layout.sections[section] ? placeField(layout, name, { section, index: Infinity }) : layout;
  }
  if (over === name) return layout;
  const spot = spotOf(layout, over);
  return spot ? placeField(layout, name, spot) : layout;
}

/** As it is sent: fields that are there no more go. */
export function cleaned(layout: Layout, known: ReadonlySet<string>): Layout {
  return {
    ...layout, path: layout.path && known.has(layout.path) ? layout.path : null, highlights: layout.highlights.filter((name) => known.has(name)),
    sections: layout.sections.map((each) => ({ ...each, fields: each.fields.filter((name) => known.has(name)) })),
  };
}
