// The Worker as it is deployed, with a clock that a test moves, alarms that it lets go off, and a
// cluster of whatever name a token is for.
import { ClusterQueue as Deployed, default as app } from "../../../src/index.ts";

let aheadMs = 0;
const real = Date.now.bind(Date);
Date.now = () => real() + aheadMs;

export class ClusterQueue extends Deployed {
  async goOff(): Promise<void> {
    await this.alarm();
  }
}

type GoesOff = { goOff(): Promise<void> };

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/torture/clock":
        aheadMs = Number(searchParams.get("ahead"));
        return new Response();
      case "/torture/alarm":
        await goOff(env.QUEUE.getByName(searchParams.get("cluster") ?? ""));
        return new Response();
      default:
        return app.fetch(
          request,
          { ...env, CLUSTERS: clusterOf(request) ?? env.CLUSTERS },
          context,
        );
    }
  },
};

/** The bindings' types know the class as it is deployed. */
function goOff(queue: object): Promise<void> {
  return (queue as GoesOff).goOff();
}

/** That of the bearer's token, whose signature the Worker checks; null: another sign of who calls. */
function clusterOf(request: Request): string | null {
  const claims = request.headers.get("authorization")?.split(".")[1];
  if (claims === undefined) return null;
  try {
    const { cluster } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof cluster === "string" && cluster !== "*" ? cluster : null;
  } catch {
    return null;
  }
}
