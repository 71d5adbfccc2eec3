// The hosts file, which the resolver of Go and of the C library reads before any DNS server.
import { readFile } from "node:fs/promises";
import net from "node:net";
import { errorCode, shownError } from "./failure.ts";

export type HostsAnswer =
  | { readonly listed: false; readonly fault: string | null }
  | { readonly listed: true; readonly v4: readonly string[]; readonly v6: readonly string[] };

/**
 * What the file says about a host. A host that is listed in one family only is not looked up in
 * DNS for the other one: Go and glibc do not either. A missing file is an empty one.
 */
export async function readHosts(file: string, host: string): Promise<HostsAnswer> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const missing = errorCode(error) === "ENOENT";
    return { listed: false, fault: missing ? null : `${file}: ${shownError(error)}` };
  }
  const addresses = text.split("\n").flatMap((line) => addressFor(host, line));
  if (addresses.length === 0) return { listed: false, fault: null };
  return {
    listed: true,
    v4: addresses.filter((address) => net.isIPv4(address)),
    v6: addresses.filter((address) => net.isIPv6(address)),
  };
}

function addressFor(host: string, line: string): string[] {
  const [address, ...names] = (line.split("#")[0] ?? "").trim().split(/\s+/);
  if (address === undefined || net.isIP(address) === 0) return [];
  return names.some((name) => name.toLowerCase() === host) ? [address] : [];
}
