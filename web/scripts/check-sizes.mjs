// A file has at most 300 lines, a component 200 (120 is the aim and only reported).
import { readFileSync } from "node:fs";
import ts from "typescript";
import { finish, short, sources } from "./walk.mjs";

const problems = [];
for (const path of sources()) {
  if (!/\.(tsx?|css)$/.test(path) || path.includes("/generated/")) continue;
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n").length - 1;
  if (lines > 300) problems.push(`${short(path)}: ${lines} lines; split the file (limit 300).`);
  if (!path.endsWith(".tsx")) continue;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  file.forEachChild((node) => {
    if (!ts.isFunctionDeclaration(node) || !node.name || !/^[A-Z]/.test(node.name.text)) return;
    const size = file.getLineAndCharacterOfPosition(node.end).line - file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    if (size > 200) problems.push(`${short(path)}: component ${node.name.text} has ${size} lines; split it (limit 200).`);
    else if (size > 120) console.log(`note: ${short(path)}: component ${node.name.text} has ${size} lines (aim 120)`);
  });
}
finish("sizes", problems);
