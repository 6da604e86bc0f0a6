import { addMessages } from "@/messages";
import { forecast } from "@/messages/forecast";

/** Imported by what the forecast screens begin with. */
addMessages(forecast);
