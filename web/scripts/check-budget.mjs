// The JavaScript a first visit must load: the entry and everything it imports statically, gzipped. See design: 350 kB.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 350_000;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const seen = new Set();
function visit(key) {
  if (seen.has(key)) return;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) visit(next);
}
for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) visit(key);
let total = 0;
for (const key of seen) {
  const { file } = manifest[key];
  if (!file.endsWith(".js")) continue;
  const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += size;
  console.log(`${String(size).padStart(8)}  ${file}`);
}
console.log(`${String(total).padStart(8)}  initial JavaScript, gzip (limit ${LIMIT})`);
if (total > LIMIT) {
  console.error("Over the budget: load what the first screen does not need with lazy() or a lazy route.");
  process.exit(1);
}
