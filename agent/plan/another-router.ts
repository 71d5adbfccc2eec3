// After a failover another router may answer. Pure.
import type { RouterView } from "../ports/router.ts";
import type { World } from "../ports/world.ts";

/** A router answers on which the last report had not looked: nobody took anything off that one. */
export function isAnotherRouter({ routers = [] }: RouterView, { lastRule }: World): boolean {
  const seen = lastRule?.routers;
  return seen !== undefined && routers.some((router) => !seen.includes(router));
}
