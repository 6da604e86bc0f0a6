import { addMessages } from "@/messages";
import { quoting } from "@/messages/quoting";

/** Imported by what the quoting screens begin with. */
addMessages(quoting);
