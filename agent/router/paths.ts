// All that is ever asked of the router: a closed list. `/rest/execute`, scripts and every other menu
// can't be expressed here, and what is built around the types is stopped before it is sent.
import type { RowId } from "./row-fields.ts";

export const FILTER = "ipv6/firewall/filter";
export const LISTS = "ipv6/firewall/address-list";

/** Where the MSS is clamped, a table a family. */
export const MANGLE = { v4: "ip/firewall/mangle", v6: "ipv6/firewall/mangle" } as const;
/** The tables of rules that we write to. */
export type RulesPath = typeof FILTER | (typeof MANGLE)["v4" | "v6"];

export type ReadPath =
  | "system/resource"
  | "system/identity"
  | "system/routerboard"
  | "ipv6/settings"
  | RulesPath
  | `${typeof LISTS}?list=${string}`;

/** An `.id` goes with its `*` as it is: RouterOS does not decode `%2A`. */
export type Write =
  | { readonly method: "PUT"; readonly path: RulesPath | typeof LISTS; readonly body: object }
  | { readonly method: "POST"; readonly path: `${RulesPath}/move`; readonly body: object }
  | { readonly method: "PATCH"; readonly path: `${typeof LISTS}/${RowId}`; readonly body: object }
  | { readonly method: "DELETE"; readonly path: `${RulesPath | typeof LISTS}/${RowId}` };

export type Read = { readonly method: "GET"; readonly path: ReadPath };

const EXPRESSIBLE: readonly RegExp[] = [
  /^GET (system\/(resource|identity|routerboard)|ipv6\/settings|ipv6\/firewall\/filter|ip(v6)?\/firewall\/mangle)$/,
  /^GET ipv6\/firewall\/address-list\?list=[A-Za-z0-9._-]+$/,
  /^PUT (ipv6\/firewall\/(filter|address-list)|ip(v6)?\/firewall\/mangle)$/,
  /^POST (ipv6\/firewall\/filter|ip(v6)?\/firewall\/mangle)\/move$/,
  /^PATCH ipv6\/firewall\/address-list\/\*[0-9A-Fa-f]+$/,
  /^DELETE (ipv6\/firewall\/(filter|address-list)|ip(v6)?\/firewall\/mangle)\/\*[0-9A-Fa-f]+$/,
];

/** Throws for anything else: no input leads there, so it would be a bug of ours. */
export function refuseOtherPaths({ method, path }: Read | Write): void {
  const request = `${method} ${path}`;
  if (!EXPRESSIBLE.some((pattern) => pattern.test(request)))
    throw new Error(`the router client does not send ${request}`);
}
