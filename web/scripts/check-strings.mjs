// What people read comes from src/messages: no Han text and no literal words in JSX or in readable attributes elsewhere.
// A line may carry `strings-ok: reason` where the text is data and not interface.
import { readFileSync } from "node:fs";
import ts from "typescript";
import { finish, short, sources } from "./walk.mjs";

const READABLE = new Set(["title", "label", "placeholder", "alt", "aria-label", "hint", "suffix", "prefix", "help"]);
const WORD = /\p{L}{2,}/u;
const HAN = /\p{Script=Han}/u;
const problems = [];
for (const path of sources()) {
  if (!/\.tsx?$/.test(path) || /\/(messages|generated)\//.test(path) || path.endsWith(".test.ts")) continue;
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n");
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  const report = (node, why) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    if (lines[line].includes("strings-ok:")) return;
    problems.push(`${short(path)}:${line + 1}: ${why}; put it into src/messages: ${node.getText().trim().slice(0, 60)}`);
  };
  const visit = (node) => {
    if (ts.isJsxText(node) && WORD.test(node.text)) report(node, "literal text in JSX");
    if (ts.isJsxAttribute(node) && node.initializer && ts.isStringLiteral(node.initializer) && READABLE.has(node.name.getText()) && WORD.test(node.initializer.text)) report(node, "literal text in an attribute");
    if ((ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) && HAN.test(node.text)) report(node, "Han text");
    node.forEachChild(visit);
  };
  visit(file);
}
finish("strings", problems);
