// Agents of several clusters at one router.
import { createMarkers } from "../../../agent/router/markers.ts";
import { createPrefixRouter } from "../../../agent/router/prefix.ts";
import { sharedRouter } from "../../../agent/router/shared.ts";
import type { Router } from "../../../agent/ports/router.ts";
import type { RouterOsOptions } from "../../../sim/routeros/server.ts";
import { aRouterWorld, rule } from "./router-world.ts";

export const HOUR = 3_600_000;
export const always = () => true;
export const asked = { rule, addresses: [] } as const;
export const otherRule = { ...rule, "reject-with": "tcp-reset" };

/** A router, the agents of these clusters, and time that the test holds. */
export async function aSharedWorld(options: Partial<RouterOsOptions> = {}) {
  let ms = Date.UTC(2026, 10, 23);
  const now = () => ms;
  const clock = { now, sleep: async () => undefined };
  const world = await aRouterWorld(
    { now, plainHttp: true, ...options },
    { allowHttp: true, clock },
  );
  const agentOf = (cluster: string | null): Router => {
    const at = { client: world.client, clock };
    const markers = createMarkers(at, cluster);
    const others = async () => {
      const users = await markers.read();
      return users.ok ? ({ ok: true, value: users.value.others } as const) : users;
    };
    return sharedRouter(
      createPrefixRouter({ ...at, prefix: rule["dst-address"], others }),
      markers,
    );
  };
  return {
    os: world.os,
    pass: (more: number) => void (ms += more),
    agentOf,
    a: agentOf("home"),
    b: agentOf("branch"),
  };
}

export const markersOn = ({ os }: Pick<Awaited<ReturnType<typeof aSharedWorld>>, "os">) =>
  os
    .entries()
    .map(({ list, address, comment, timeout, dynamic }) =>
      [list, address, comment, timeout, dynamic].join(" "),
    );
export const rulesOn = ({ os }: Pick<Awaited<ReturnType<typeof aSharedWorld>>, "os">) =>
  os.table().filter(({ comment }) => comment === rule.comment);
