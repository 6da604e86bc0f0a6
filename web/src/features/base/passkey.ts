import { api } from "@/api/client";

type Json = Record<string, unknown>;
interface Offer { ticket: string; options: Json }

const bytes = (text: string) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0)).buffer;
const text = (buffer: ArrayBuffer | null) => (buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "") : null);
const identified = (list: unknown) => (list as { id: string; type: PublicKeyCredentialType }[] | undefined)?.map((one) => ({ ...one, id: bytes(one.id) })) ?? [];

/** Passkeys need a page that is served over https (or from this machine). */
export const passkeysWork = () => window.isSecureContext && "PublicKeyCredential" in window;

/** The browser's dialogue was closed or ran out of time: nothing went wrong, nothing was done. */
export const wasDismissed = (error: unknown) => error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");

/** Has the browser make a passkey; `offer` comes from the server. */
export async function createPasskey({ ticket, options }: Offer): Promise<{ ticket: string; credential: Json }> {
  const user = options["user"] as { id: string; name: string; displayName: string };
  const publicKey = { ...options, challenge: bytes(options["challenge"] as string), user: { ...user, id: bytes(user.id) }, excludeCredentials: identified(options["excludeCredentials"]) };
  const made = (await navigator.credentials.create({ publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return { ticket, credential: { id: made.id, rawId: made.id, type: made.type, response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) } } };
}

/** Has the browser answer a challenge: for any passkey, or for those of the person whose first step gave `first`. */
export async function answerWithPasskey(first?: string): Promise<{ ticket: string; credential: Json }> {
  const { ticket, options } = await api.post<Offer>("/sessions/passkey-options", first ? { ticket: first } : {}, { anonymous: true });
  const publicKey = { ...options, challenge: bytes(options["challenge"] as string), allowCredentials: identified(options["allowCredentials"]) };
  const found = (await navigator.credentials.get({ publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions })) as PublicKeyCredential;
  const response = found.response as AuthenticatorAssertionResponse;
  const answer = { clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData), signature: text(response.signature), userHandle: text(response.userHandle) };
  return { ticket, credential: { id: found.id, rawId: found.id, type: found.type, response: answer } };
}
