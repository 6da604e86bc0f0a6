import { addMessages } from "@/messages";
import { health } from "@/messages/health";

/** The health page brings its words. */
addMessages(health);
