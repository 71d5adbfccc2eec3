// The router's certificate: a key for one address or name, signed by a CA of its own.
import { createHash, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { generate } from "selfsigned";

export type RouterCertificate = {
  readonly key: string;
  readonly cert: string;
  /** The CA's certificate, PEM. */
  readonly ca: string;
  /** SHA-256 of the router's public key, base64. */
  readonly spkiSha256: string;
};

export async function makeCertificate(name: string): Promise<RouterCertificate> {
  const ca = await generate([{ name: "commonName", value: "router-ca" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const router = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }],
      },
    ],
  });
  const spki = new X509Certificate(router.cert).publicKey.export({ type: "spki", format: "der" });
  const spkiSha256 = createHash("sha256").update(spki).digest("base64");
  return { key: router.private, cert: router.cert, ca: ca.cert, spkiSha256 };
}
