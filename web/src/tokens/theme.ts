import { brand, category, grey, signal } from "./palette";

export type Mode = "light" | "dark";
export type Category = keyof typeof category;

/** Second tier: colours named by their use, resolved for light and dark here and nowhere else. */
export const semantic = {
  light: {
    bg: grey[0], subtle: grey[50], sunken: grey[100], raised: grey[0], hover: "#F2F5F7", selected: brand.lightSoft,
    fg: "#1A2027", muted: grey[600], faint: grey[500], line: grey[200], lineStrong: grey[300],
    accent: brand.light, accentHover: brand.lightHover, accentSoft: brand.lightSoft, onAccent: grey[0], ...signal.light,
    floatShadow: "0 1px 2px rgb(16 24 32 / 8%), 0 8px 28px rgb(16 24 32 / 14%)", liftShadow: "0 1px 2px rgb(16 24 32 / 6%)",
    mask: "rgb(16 24 32 / 36%)", onDanger: grey[0], paper: grey[0], ink: grey[950],
  },
  dark: {
    bg: "#14181E", subtle: grey[950], sunken: grey[800], raised: grey[850], hover: "#1B2128", selected: brand.darkSoft,
    fg: "#E6EAEE", muted: "#A6B1BC", faint: "#8E9AA6", line: "#29313A", lineStrong: grey[700],
    accent: brand.dark, accentHover: brand.darkHover, accentSoft: brand.darkSoft, onAccent: "#06251A", ...signal.dark,
    floatShadow: "0 1px 2px rgb(0 0 0 / 50%), 0 10px 32px rgb(0 0 0 / 50%)", liftShadow: "0 1px 2px rgb(0 0 0 / 40%)",
    mask: "rgb(0 0 0 / 56%)", onDanger: "#2B0B08",
    // What is drawn by hand is a document: ink on paper in every theme.
    paper: grey[0], ink: grey[950],
  },
} as const;

export const fontStack =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';
export const monoStack = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace';

const aliases: Record<string, Category> = {
  grey: "gray", slate: "gray", amber: "yellow", gold: "yellow", lime: "green", cyan: "teal", sky: "blue", violet: "purple",
  magenta: "pink", rose: "pink",
};
export const categories = Object.keys(category) as Category[];

/** The category colour of a name stored in the catalog; unknown names fall back to grey rather than vanish. */
export function categoryOf(name: string | null | undefined): Category {
  if (!name) return "gray";
  return name in category ? (name as Category) : (aliases[name] ?? "gray");
}

/** A stable colour for something that has none of its own, such as a person's initials. */
export function categoryFor(seed: string): Category {
  let hash = 7;
  for (const char of seed) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return categories[1 + (hash % (categories.length - 1))] ?? "gray";
}

export function shadesOf(name: string | null | undefined, mode: Mode): { text: string; soft: string; solid: string } {
  const [text, soft, solid] = category[categoryOf(name)][mode];
  return { text, soft, solid };
}
