import type { PeerCertificate } from "node:tls";
import { expect, test } from "vitest";
import { certificateText, textOf } from "../../../sim/network/go/words.ts";

const certificate = {
  subjectaltname: "DNS:wrong.example, DNS:other.example",
  valid_from: "Jan  1 00:00:00 2099 GMT",
  valid_to: "Jan  1 00:00:00 2001 GMT",
} as PeerCertificate;
const VERIFY = "tls: failed to verify certificate: x509: ";

test.each([
  [
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "certificate is valid for wrong.example, other.example, not registry-1.docker.io",
  ],
  [
    "CERT_NOT_YET_VALID",
    "certificate has expired or is not yet valid: current time NOW is before 2099-01-01T00:00:00Z",
  ],
  [
    "CERT_HAS_EXPIRED",
    "certificate has expired or is not yet valid: current time NOW is after 2001-01-01T00:00:00Z",
  ],
  ["SELF_SIGNED_CERT_IN_CHAIN", "certificate signed by unknown authority"],
])("Node's %s is in Go: %s", (reason, text) => {
  const said = certificateText(reason, certificate, "registry-1.docker.io");

  expect(said.replace(/time \S+Z/, "time NOW")).toBe(`${VERIFY}${text}`);
});

test("a reset names both ends; a connection that the other side closes is an EOF", () => {
  const reset = Object.assign(new Error("read ECONNRESET"), {
    code: "ECONNRESET",
    syscall: "read",
  });
  const closed = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

  expect(textOf(reset, "10.0.0.1:4->10.0.0.2:443")).toBe(
    "read tcp 10.0.0.1:4->10.0.0.2:443: read: connection reset by peer",
  );
  expect(textOf(closed, "10.0.0.1:4->10.0.0.2:443")).toBe("EOF");
});
