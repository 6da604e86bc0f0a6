import { addMessages } from "@/messages";
import { pools } from "@/messages/pools";

/** Imported by what the pools screens begin with. */
addMessages(pools);
