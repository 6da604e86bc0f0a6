import type { MessageKey } from "@/messages";

/** Beginnings of what is written most, by kind; their words are in messages. */
export const TEMPLATES = {
  note: ["template.note.progress", "template.note.competitor"],
  call: ["template.call.reached", "template.call.missed", "template.call.back"],
  visit: ["template.visit.met", "template.visit.absent"],
  meeting: ["template.meeting.minutes"],
  task: ["template.task.quote", "template.task.sample"],
} as const satisfies Record<string, readonly MessageKey[]>;
export type Template = (typeof TEMPLATES)[keyof typeof TEMPLATES][number];

export const templatesOf = (kind: string): readonly Template[] => (kind in TEMPLATES ? TEMPLATES[kind as keyof typeof TEMPLATES] : []);

/** What one has typed stays; the template comes after it. */
export const added = (text: string, template: string) => (text.trim() === "" ? template : `${text.trimEnd()}\n${template}`);
