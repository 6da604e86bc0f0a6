import type { MessageKey } from "@/messages";
import type { DocumentObject } from "./types";

/** Something that can be done with a document; the server says which of them may be done now. */
export interface Act {
  name: string;
  path: string;
  label: MessageKey & `quoting.act.${string}`;
  /** A move asks for a note where it has one; a link is copied; what makes a document leads there. */
  kind: "move" | "link" | "make" | "returns";
  note?: "may" | "must";
  danger?: boolean;
  makes?: DocumentObject;
}

export const ACTS: Record<DocumentObject, readonly Act[]> = {
  quote: [
    { name: "release", path: "release", label: "quoting.act.release", kind: "move", note: "may" },
    { name: "submit", path: "submit", label: "quoting.act.submit", kind: "move" },
    { name: "send", path: "send", label: "quoting.act.send", kind: "move" },
    { name: "contract", path: "contract", label: "quoting.act.contract", kind: "make", makes: "contract" },
    { name: "order", path: "order", label: "quoting.act.order", kind: "make", makes: "sales_order" },
    { name: "link", path: "link", label: "quoting.act.link", kind: "link" },
    { name: "accept", path: "accept", label: "quoting.act.accept", kind: "move", note: "must" },
    { name: "refuse", path: "refuse", label: "quoting.act.refuse", kind: "move", note: "must", danger: true },
    { name: "version", path: "versions", label: "quoting.act.version", kind: "make", makes: "quote" },
    { name: "recall", path: "recall", label: "quoting.act.recall", kind: "move" },
    { name: "decline", path: "decline", label: "quoting.act.decline", kind: "move", note: "must", danger: true },
    { name: "cancel", path: "cancel", label: "quoting.act.cancel", kind: "move", note: "may", danger: true },
  ],
  contract: [
    { name: "order", path: "orders", label: "quoting.act.order", kind: "make", makes: "sales_order" },
    { name: "amend", path: "amendments", label: "quoting.act.amend", kind: "make", makes: "contract" },
    { name: "renew", path: "renewal", label: "quoting.act.renew", kind: "make", makes: "contract" },
  ],
  sales_order: [{ name: "return", path: "returns", label: "quoting.act.return", kind: "returns" }],
};
/** How many stand side by side; the others are in a menu. */
export const BESIDE = 3;
