// Colours are tokens: no literal one outside of src/tokens.
import { readFileSync } from "node:fs";
import { finish, short, sources } from "./walk.mjs";

const LITERAL = /#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch)\(/;
const problems = [];
for (const path of sources()) {
  if (!/\.(tsx?|css)$/.test(path) || path.includes("/tokens/") || path.includes("/generated/")) continue;
  readFileSync(path, "utf8").split("\n").forEach((line, index) => {
    if (LITERAL.test(line) && !/^\s*(\/\/|\*)/.test(line)) problems.push(`${short(path)}:${index + 1}: literal colour; use a token: ${line.trim().slice(0, 80)}`);
  });
}
finish("colours", problems);
