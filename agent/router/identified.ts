// Which router answers: its serial number, or its name where it has none. Behind a virtual address
// another one does after a failover, and what stood on the first was never on the second.
import * as z from "zod";
import type { Result } from "../ports/result.ts";
import type { Router } from "../ports/router.ts";
import type { RouterClient } from "./client.ts";
import { endsWriting, failureOf } from "./fault.ts";

const Identity = z.object({ name: z.string() });
/** A CHR has no board, and some builds no such menu. */
const Board = z.object({ "serial-number": z.string().optional() });

/** The same router; each look says which one it was. */
export function identifiedRouter(inner: Router, client: RouterClient): Router {
  let last: string | null = null;
  return {
    ...inner,
    async look(seen) {
      const named: Result<string> =
        seen !== undefined && last !== null ? { ok: true, value: last } : await nameOf(client);
      if (!named.ok) return named;
      last = named.value;
      const looked = await inner.look(seen);
      if (!looked.ok) return looked;
      return { ok: true, value: { ...looked.value, routers: [named.value] } };
    },
  };
}

/** `core-1 (HEX08XYZ)`. */
async function nameOf(client: RouterClient): Promise<Result<string>> {
  const identity = await client.get("system/identity", Identity);
  if (!identity.ok) return { ok: false, error: failureOf(identity.fault) };
  const { name } = identity.value;
  const board = await client.get("system/routerboard", Board);
  if (!board.ok && board.fault.kind !== "refused" && endsWriting(board.fault))
    return { ok: false, error: failureOf(board.fault) };
  const serial = board.ok ? board.value["serial-number"] : undefined;
  return { ok: true, value: serial === undefined ? name : `${name} (${serial})` };
}
