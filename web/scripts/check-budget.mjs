// The JavaScript a first visit must load: an entrance and everything it imports statically, gzipped. See design: 350 kB for
// the screens; the page on which a customer answers a quote opens on a phone and has a fraction of that.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMITS = { "index.html": 350_000, "accept.html": 100_000 };
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

function visited(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) visited(next, seen);
  return seen;
}
function sizeOf(entrance) {
  let total = 0;
  for (const key of visited(entrance)) {
    const { file } = manifest[key];
    if (!file.endsWith(".js")) continue;
    const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
    total += size;
    console.log(`${String(size).padStart(8)}  ${file}`);
  }
  return total;
}
for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isEntry) continue;
  const limit = LIMITS[key];
  const total = sizeOf(key);
  console.log(`${String(total).padStart(8)}  initial JavaScript of ${key}, gzip (limit ${limit})`);
  if (limit === undefined || total > limit) {
    console.error("Over the budget: load what the first screen does not need with lazy() or a lazy route.");
    process.exitCode = 1;
  }
}
