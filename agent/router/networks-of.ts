// Which networks the list has to hold for these addresses. Pure.
import { ENTRY_PREFIX_LENGTH } from "../ports/entry-prefix-length.ts";
import type { Result } from "../ports/result.ts";
import { canonical, contains } from "../basics/networks.ts";

/** The /64 of each address, each once. Fails if one reaches outside `prefix` or is no address. */
export function networksOf(
  addresses: readonly string[],
  prefix: string,
): Result<readonly string[]> {
  const networks = new Set<string>();
  for (const address of addresses) {
    const network = canonical(`${address}/${ENTRY_PREFIX_LENGTH}`);
    if (network === null) return outside(`${JSON.stringify(address)} is no IPv6 address`);
    if (!contains(prefix, network))
      return outside(`${address} has no place in PREFIX: ${network} is not inside ${prefix}`);
    networks.add(network);
  }
  return { ok: true, value: [...networks] };
}

function outside(why: string): Result<never> {
  const message = `${why}; nothing was written`;
  return { ok: false, error: { next: "give-up", uncertain: false, message } };
}
