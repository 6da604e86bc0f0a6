import type { components } from "./generated/schema";

/** Request bodies as the server describes them; a change of the server that breaks a screen breaks the type check. */
type Bodies = components["schemas"];
export type SetUpBody = Bodies["SetUp"];
export type SignInBody = Bodies["SignIn"];
export type SetPasswordBody = Bodies["SetPassword"];
export type GiveAccessBody = Bodies["GiveAccess"];
