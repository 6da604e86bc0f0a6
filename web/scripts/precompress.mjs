// Writes a .gz beside every text asset, so that the server sends bytes instead of compressing them on each request.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, constants } from "node:zlib";

const dist = new URL("../dist", import.meta.url).pathname;
function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else yield path;
  }
}
let count = 0;
for (const path of files(dist)) {
  if (!/\.(js|css|html|svg|json|webmanifest)$/.test(path)) continue;
  const body = readFileSync(path);
  if (body.length < 1024) continue;
  writeFileSync(`${path}.gz`, gzipSync(body, { level: constants.Z_BEST_COMPRESSION }));
  count += 1;
}
console.log(`precompressed ${count} files`);
