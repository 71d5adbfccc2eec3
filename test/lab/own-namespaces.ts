// How a process on this machine gets network, mount and process namespaces of its own.
import { execute } from "./execute.ts";

const OWN = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
/** The first needs root; the second any user, where the machine lets users make namespaces. */
const WAYS = [
  ["unshare", ...OWN],
  ["unshare", "--user", "--map-root-user", ...OWN],
] as const;

/** The command to put before another one; rejects with what the machine says to both ways. */
export async function ownNamespaces(): Promise<readonly string[]> {
  const refusals: string[] = [];
  for (const way of WAYS) {
    const refusal = await execute([...way, "true"]).then(
      () => null,
      (error: Error) => error.message,
    );
    if (refusal === null) return way;
    refusals.push(refusal);
  }
  throw new Error(refusals.join("; "));
}
