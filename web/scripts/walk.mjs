import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";

export const root = new URL("..", import.meta.url).pathname;
export function sources(folder = join(root, "src"), found = []) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) sources(path, found);
    else found.push(path);
  }
  return found;
}
export const short = (path) => relative(root, path);
export function finish(name, problems) {
  for (const problem of problems) console.error(problem);
  if (problems.length) process.exit(1);
  console.log(`${name}: ok`);
}
