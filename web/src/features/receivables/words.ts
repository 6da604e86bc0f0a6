import { addMessages } from "@/messages";
import { receivables } from "@/messages/receivables";

/** Imported by what these screens begin with. */
addMessages(receivables);
