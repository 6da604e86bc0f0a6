// Imports go one way: app > features > fields > ui > messages > api > tokens; features know only features/base.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { finish, root, short, sources } from "./walk.mjs";

const ORDER = ["tokens", "api", "messages", "ui", "fields", "features", "app"];
// `palette` and the shell open panels through features/base/openers, so no other exception is needed.
const problems = [];
const src = join(root, "src");
for (const path of sources()) {
  if (!/\.tsx?$/.test(path) || path.endsWith(".test.ts")) continue;
  const [layer, domain] = relative(src, path).split("/");
  if (!ORDER.includes(layer)) continue;
  for (const [, target] of readFileSync(path, "utf8").matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)) {
    const full = target.startsWith("@/") ? join(src, target.slice(2)) : target.startsWith(".") ? join(dirname(path), target) : null;
    if (!full) continue;
    const [other, otherDomain] = relative(src, full).split("/");
    if (ORDER.indexOf(other) > ORDER.indexOf(layer)) problems.push(`${short(path)}: ${layer} must not import ${other} (${target}). Move what is shared down, or pass it in.`);
    if (layer === "features" && other === "features" && domain !== otherDomain && otherDomain !== "base") problems.push(`${short(path)}: feature ${domain} must not know feature ${otherDomain}. Meet in features/base or in app.`);
    if (layer === "features" && domain === "base" && other === "features" && otherDomain !== "base") problems.push(`${short(path)}: features/base must not know ${otherDomain}.`);
  }
}
finish("layers", problems);
