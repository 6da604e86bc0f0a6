import { addMessages } from "./index";
import { build } from "./build";

/** Imported by what the designers begin with. */
addMessages(build);
