// All that is ever asked of the router: a closed list. `/rest/execute`, scripts and every other menu
// can't be expressed here, and what is built around the types is stopped before it is sent.
import type { RowId } from "./row-fields.ts";

export const FILTER = "ipv6/firewall/filter";
export const LISTS = "ipv6/firewall/address-list";

export type ReadPath =
  | "system/resource"
  | "system/identity"
  | "system/routerboard"
  | "ipv6/settings"
  | typeof FILTER
  | `${typeof LISTS}?list=${string}`;

/** An `.id` goes with its `*` as it is: RouterOS does not decode `%2A`. */
export type Write =
  | { readonly method: "PUT"; readonly path: typeof FILTER | typeof LISTS; readonly body: object }
  | { readonly method: "POST"; readonly path: `${typeof FILTER}/move`; readonly body: object }
  | { readonly method: "PATCH"; readonly path: `${typeof LISTS}/${RowId}`; readonly body: object }
  | { readonly method: "DELETE"; readonly path: `${typeof FILTER | typeof LISTS}/${RowId}` };

export type Read = { readonly method: "GET"; readonly path: ReadPath };

const EXPRESSIBLE: readonly RegExp[] = [
  /^GET (system\/(resource|identity|routerboard)|ipv6\/settings|ipv6\/firewall\/filter)$/,
  /^GET ipv6\/firewall\/address-list\?list=[A-Za-z0-9._-]+$/,
  /^PUT ipv6\/firewall\/(filter|address-list)$/,
  /^POST ipv6\/firewall\/filter\/move$/,
  /^PATCH ipv6\/firewall\/address-list\/\*[0-9A-Fa-f]+$/,
  /^DELETE ipv6\/firewall\/(filter|address-list)\/\*[0-9A-Fa-f]+$/,
];

/** Throws for anything else: no input leads there, so it would be a bug of ours. */
export function refuseOtherPaths({ method, path }: Read | Write): void {
  const request = `${method} ${path}`;
  if (!EXPRESSIBLE.some((pattern) => pattern.test(request)))
    throw new Error(`the router client does not send ${request}`);
}
