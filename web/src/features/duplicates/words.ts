import { addMessages } from "@/messages";
import { duplicates } from "@/messages/duplicates";

/** The screens of duplicates bring their words. */
addMessages(duplicates);
