import { readFileSync } from "node:fs";

/** The bearer token; null: none is sent. `fresh` asks for one that was not read before this call. May throw. */
export type TokenSource = (fresh: boolean) => string | null;

/** Kubernetes replaces a projected token within its hour; reading each minute is its advice. */
const REREAD_MS = 60_000;

/** Reads the token file at most once a minute, and whenever a fresh token is asked for. */
export function tokenFromFile(path: string, now: () => number): TokenSource {
  let token = "";
  let readAt = Number.NEGATIVE_INFINITY;
  return (fresh) => {
    if (fresh || now() - readAt >= REREAD_MS) {
      token = readFileSync(path, "utf8").trim();
      readAt = now();
    }
    return token;
  };
}
