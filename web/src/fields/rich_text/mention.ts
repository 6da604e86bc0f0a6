import { Node } from "@tiptap/react";

/** Somebody named in the text: kept as their id, shown by the name they had then. */
export const Mention = Node.create({
  name: "mention",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ id: { default: null }, label: { default: "" } }),
  parseHTML: () => [{ tag: "span[data-mention]", getAttrs: (element) => ({ id: element.dataset["mention"], label: (element.textContent ?? "").replace(/^@/, "") }) }],
  renderHTML: ({ node }) => ["span", { "data-mention": String(node.attrs["id"]) }, `@${String(node.attrs["label"])}`],
  renderText: ({ node }) => `@${String(node.attrs["label"])}`,
});
