import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * PEM of the cluster's authority; null: the system's authorities. `fresh` asks for one that was not
 * read before this call. Throws where the file cannot be read or holds no certificate.
 */
export type AuthoritySource = (fresh: boolean) => string | null;

/** As often as the token: a cluster that replaces its authority replaces both files. */
const REREAD_MS = 60_000;

/** Reads the CA file at most once a minute, and whenever a fresh one is asked for. */
export function authorityFromFile(path: string, now: () => number): AuthoritySource {
  let pem = "";
  let readAt = Number.NEGATIVE_INFINITY;
  return (fresh) => {
    if (fresh || now() - readAt >= REREAD_MS) {
      pem = certificatesIn(readFileSync(path, "utf8"), path);
      readAt = now();
    }
    return pem;
  };
}

function certificatesIn(text: string, path: string): string {
  if (text.trim() === "") throw new Error(`${path} is empty`);
  try {
    new X509Certificate(text);
  } catch {
    throw new Error(`${path} holds no certificate in PEM`);
  }
  return text;
}
