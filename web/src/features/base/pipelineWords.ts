import { addMessages } from "@/messages";
import { pipelines } from "@/messages/pipelines";

// A screen that speaks of pipelines imports this first: its words come with it.
addMessages(pipelines);
