import { addMessages } from "@/messages";
import { printing } from "@/messages/printing";

/** Imported by what a chunk that prints begins with. */
addMessages(printing);
