import { addMessages } from "@/messages";
import { grading } from "@/messages/grading";

/** Imported by what the grading screens begin with. */
addMessages(grading);
