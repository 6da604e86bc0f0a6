import { addMessages } from "@/messages";
import { partners } from "@/messages/partners";

/** Imported by what the screens of partners and commission begin with. */
addMessages(partners);
