import { createElement, type ReactNode } from "react";

/** The server cleans what is stored; what is drawn here is built anew from the same few elements, never set as HTML. */
const ALLOWED = new Set(["p", "br", "strong", "em", "s", "u", "h1", "h2", "h3", "ul", "ol", "li", "blockquote", "code", "pre", "hr"]);
const VOID = new Set(["br", "hr"]);
const parse = (html: string) => new DOMParser().parseFromString(html, "text/html").body;

function nodeOf(node: Node, key: number): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (!(node instanceof HTMLElement)) return null;
  const tag = node.tagName.toLowerCase();
  const inner = [...node.childNodes].map(nodeOf);
  if (VOID.has(tag)) return createElement(tag, { key });
  if (ALLOWED.has(tag)) return createElement(tag, { key }, ...inner);
  if (tag === "a" && /^(https?|mailto):/i.test(node.getAttribute("href") ?? "")) return <a key={key} href={node.getAttribute("href") ?? ""} target="_blank" rel="noopener noreferrer nofollow">{inner}</a>;
  if (tag === "span" && node.dataset["mention"]) return <span key={key} style={{ color: "var(--accent)", background: "var(--accent-soft)", borderRadius: 4, padding: "0 3px" }}>{inner}</span>;
  return <span key={key}>{inner}</span>;
}

export const drawn = (html: string): ReactNode => [...parse(html).childNodes].map(nodeOf);
/** What the HTML says, in one line. */
export const plainOf = (html: string): string => (parse(html.replace(/<\/(p|h[1-3]|li|blockquote|pre)>|<br>/g, " $&")).textContent ?? "").replace(/\s+/g, " ").trim();
