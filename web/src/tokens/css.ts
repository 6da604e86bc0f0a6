import { category } from "./palette";
import { fontStack, monoStack, semantic, type Mode } from "./theme";

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function colours(mode: Mode): string {
  const lines = Object.entries(semantic[mode]).map(([name, value]) => `--${kebab(name)}: ${value};`);
  for (const [name, shades] of Object.entries(category)) {
    const [text, soft, solid] = shades[mode];
    lines.push(`--cat-${name}: ${text};`, `--cat-${name}-soft: ${soft};`, `--cat-${name}-solid: ${solid};`);
  }
  return lines.join("\n  ");
}

/** The whole token sheet as CSS; both modes are present so that switching needs no request. */
export function tokensCss(): string {
  return `:root {
  --font: ${fontStack};
  --mono: ${monoStack};
  --text-meta: 12px; --text-grid: 13px; --text-body: 14px; --text-title: 16px; --text-page: 20px; --text-hero: 24px;
  --s1: 4px; --s2: 8px; --s3: 12px; --s4: 16px; --s5: 20px; --s6: 24px; --s8: 32px; --s12: 48px;
  --row: 36px; --bar: 48px; --rail: 56px; --rail-open: 220px; --radius: 6px; --radius-small: 4px;
  --quick: 120ms ease-out; --calm: 180ms ease-out;
}
:root, :root[data-theme="light"] {
  color-scheme: light;
  ${colours("light")}
}
:root[data-theme="dark"] {
  color-scheme: dark;
  ${colours("dark")}
}
@media (prefers-reduced-motion: reduce) { :root { --quick: 0ms; --calm: 0ms; } }
`;
}
