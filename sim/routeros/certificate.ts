// The router's certificate: a key for one address or name, signed by a CA of its own.
import { createHash, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { generate } from "selfsigned";

export type RouterCertificate = {
  readonly key: string;
  readonly cert: string;
  /** The certificate that a client trusts, PEM: the CA's, or the router's own if self-signed. */
  readonly ca: string;
  /** SHA-256 of the router's public key, base64. */
  readonly spkiSha256: string;
};

/** What `www-ssl` shows. `wrong-name`: for another router; `none`: no certificate is set. */
export type TlsVariant =
  | "ca-signed"
  | "self-signed"
  | "wrong-name"
  | "expired"
  | "not-yet-valid"
  | "none";

const YEAR_MS = 31_536_000_000;
const DAY_MS = 86_400_000;

export type Authority = { readonly key: string; readonly cert: string };

export async function makeAuthority(): Promise<Authority> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "router-ca" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key, cert };
}

/** `name`: an address or a DNS name. */
export async function makeCertificate(
  name: string,
  variant: TlsVariant,
  ca: Authority,
): Promise<RouterCertificate> {
  const shown = variant === "wrong-name" ? "another-router.example" : name;
  const now = Date.now();
  const router = await generate([{ name: "commonName", value: shown }], {
    keyType: "ec",
    algorithm: "sha256",
    ...(variant === "self-signed" ? {} : { ca }),
    notBeforeDate: new Date(variant === "not-yet-valid" ? now + DAY_MS : now - YEAR_MS),
    notAfterDate: new Date(variant === "expired" ? now - DAY_MS : now + YEAR_MS),
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [isIP(shown) === 0 ? { type: 2, value: shown } : { type: 7, ip: shown }],
      },
    ],
  });
  const spki = new X509Certificate(router.cert).publicKey.export({ type: "spki", format: "der" });
  return {
    key: router.private,
    cert: router.cert,
    ca: variant === "self-signed" ? router.cert : ca.cert,
    spkiSha256: createHash("sha256").update(spki).digest("base64"),
  };
}
