import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";

export interface Passkey { id: string; name: string; created_at: string; last_used_at: string | null }
export interface Security {
  has_password: boolean;
  password_set_at: string | null;
  totp: boolean;
  recovery_codes: number;
  passkeys: Passkey[];
  policy: { min_length: number };
}
export type Method = "password" | "totp" | "recovery" | "passkey" | "oidc" | "ldap" | "setup" | "second_factor" | "confirm";
export interface SessionEntry { id: string; last_seen_at: string; address: string | null; client: string | null; method: string; current: boolean }
export interface SignInEntry { at: string; outcome: "success" | "failure"; method: Method; address: string | null; client: string | null; new_device: boolean }
export interface TokenEntry { id: string; name: string; hint: string; scopes: string[]; expires_at: string; last_used_at: string | null }

const key = (part: string) => ["account", part] as const;
export const useSecurity = () => useQuery({ queryKey: key("security"), queryFn: () => api.get<Security>("/account/security") });
export const useSessions = () => useQuery({ queryKey: key("sessions"), queryFn: async () => (await api.get<{ sessions: SessionEntry[] }>("/account/sessions")).sessions });
export const useSignIns = () => useQuery({ queryKey: key("sign-ins"), queryFn: async () => (await api.get<{ sign_ins: SignInEntry[] }>("/account/sign-ins")).sign_ins });
export const useTokens = () => useQuery({ queryKey: key("tokens"), queryFn: async () => (await api.get<{ tokens: TokenEntry[] }>("/account/tokens")).tokens });

/** After any change of one's sign-in: all of it is read again, the session too. */
export function useRefresh() {
  const client = useQueryClient();
  return () => Promise.all([client.invalidateQueries({ queryKey: ["account"] }), client.invalidateQueries({ queryKey: ["session"] })]);
}

/** The program of a session as people call it; the whole text stays as its title. */
export function programOf(client: string | null): string {
  const text = client ?? "";
  const browser = /Edg\//.test(text) ? "Edge" : /Firefox\//.test(text) ? "Firefox" : /Chrome\//.test(text) ? "Chrome" : /Safari\//.test(text) ? "Safari" : null;
  const system = /Windows/.test(text) ? "Windows" : /iPhone|iPad/.test(text) ? "iOS" : /Android/.test(text) ? "Android" : /Mac OS/.test(text) ? "macOS" : /Linux/.test(text) ? "Linux" : null;
  return browser ? [browser, system].filter(Boolean).join(" · ") : text.slice(0, 60) || "—";
}
