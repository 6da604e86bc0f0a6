import { addMessages } from "@/messages";
import { performance } from "@/messages/performance";

/** The page of the index advisor brings its words. */
addMessages(performance);
