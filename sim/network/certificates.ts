// The lab's CA, the certificate that every simulated host shows, and one for somebody else.
import { generate } from "selfsigned";
import { PLACES } from "./places.ts";

export type KeyPair = { readonly key: string; readonly cert: string };
export type LabCertificates = {
  readonly caPem: string;
  /** Valid for every simulated host, and for those named besides. */
  readonly right: KeyPair;
  /** Of the same CA, valid for wrong.example alone. */
  readonly wrong: KeyPair;
  /** As `right`, of a clock that is a year ahead: not valid yet. */
  readonly later: KeyPair;
};

const WRONG_NAME = "wrong.example";
export const YEAR_MS = 365 * 24 * 3_600_000;

/** Makes four RSA-2048 pairs: about half a second. Valid for a year from now. */
export async function labCertificates(besides: readonly string[] = []): Promise<LabCertificates> {
  const ca = await generate([{ name: "commonName", value: "Simulated Internet CA" }], {
    keySize: 2048,
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const issuer = { key: ca.private, cert: ca.cert };
  const now = Date.now();
  const names = [...Object.keys(PLACES), ...besides];
  const [right, wrong, later] = await Promise.all([
    leaf(names, issuer, now),
    leaf([WRONG_NAME], issuer, now),
    leaf(names, issuer, now + YEAR_MS),
  ]);
  return { caPem: ca.cert, right, wrong, later };
}

async function leaf(names: readonly string[], ca: KeyPair, fromMs: number): Promise<KeyPair> {
  const made = await generate([{ name: "commonName", value: names[0] ?? WRONG_NAME }], {
    keySize: 2048,
    algorithm: "sha256",
    ca,
    notBeforeDate: new Date(fromMs),
    notAfterDate: new Date(fromMs + YEAR_MS),
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true, keyEncipherment: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: names.map((value) => ({ type: 2, value })) },
    ],
  });
  return { key: made.private, cert: `${made.cert}\n${ca.cert}` };
}
