// The tokens that a person would mint at the Worker, made here from its key: JWTs, HS256 (RFC 7519).
// Made by this file's own code, so that the Worker does not only understand itself.
import { createHmac, randomUUID } from "node:crypto";

export type Role = "operator" | "agent" | "alertmanager";

const NINETY_DAYS_S = 90 * 24 * 3_600;

/** `cluster`: `*` for an operator of all. Valid from now on; an operator's for 90 days. */
export function makeToken(key: string, role: Role, cluster: string): string {
  const iat = Math.floor(Date.now() / 1_000);
  const claims = {
    role,
    cluster,
    sub: role,
    jti: randomUUID(),
    iat,
    ...(role === "operator" ? { exp: iat + NINETY_DAYS_S } : {}),
  };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
