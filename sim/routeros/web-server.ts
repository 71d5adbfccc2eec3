// The router's `www` or `www-ssl`: its socket and what it shows of a certificate.
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttps } from "node:https";
import { isIPv6, type AddressInfo } from "node:net";
import { makeAuthority, makeCertificate, type TlsVariant } from "./certificate.ts";
import type { RouterOsOptions } from "./options.ts";

export type WebServer = {
  readonly server: Server;
  readonly url: string;
  /** PEM; empty over plain HTTP. */
  readonly ca: string;
  /** Empty over plain HTTP. */
  readonly spkiSha256: string;
  /** New connections see this certificate, of the same CA where it has one. */
  showCertificate(variant: TlsVariant): Promise<void>;
};

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Without a certificate the router offers anonymous ciphers only: no usual client can talk to it. */
const ANONYMOUS = { ciphers: "ADH-AES256-GCM-SHA384:@SECLEVEL=0" };

export async function startWebServer(
  options: RouterOsOptions,
  listener: Listener,
): Promise<WebServer> {
  const { host = "127.0.0.1", port: wanted = 0, tls = "ca-signed" } = options;
  if (options.plainHttp === true) {
    const server = createHttp(listener);
    const port = await listen(server, wanted, host);
    const showCertificate = () => Promise.reject(new Error("plain HTTP has no certificate"));
    const url = `http://${shownHost(options)}:${port}`;
    return { server, url, ca: "", spkiSha256: "", showCertificate };
  }
  const authority = await makeAuthority();
  const made = (variant: TlsVariant) =>
    makeCertificate(options.certificateFor ?? host, variant, authority);
  const { key, cert, ca, spkiSha256 } = await made(tls);
  // `www-ssl` speaks TLS 1.2 at most.
  const maxVersion = options.tlsVersion ?? "TLSv1.2";
  const versions = { minVersion: "TLSv1.2", maxVersion } as const;
  const shown = tls === "none" ? ANONYMOUS : { key, cert };
  const server = createHttps({ ...versions, ...shown }, listener);
  const port = await listen(server, wanted, host);
  return {
    server,
    url: `https://${shownHost(options)}:${port}`,
    ca,
    spkiSha256,
    async showCertificate(variant) {
      const next = await made(variant);
      const { key: itsKey, cert: itsCert } = next;
      server.setSecureContext({
        ...versions,
        ...(variant === "none" ? ANONYMOUS : { key: itsKey, cert: itsCert }),
      });
    },
  };
}

/** Where the router has an address of its own, it is called by the name in its certificate. */
function shownHost({ host, certificateFor }: RouterOsOptions): string {
  if (host === undefined) return "127.0.0.1";
  const name = certificateFor ?? host;
  return isIPv6(name) ? `[${name}]` : name;
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}
