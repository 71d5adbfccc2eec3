// Where TLS stalls everywhere: does an answer of one small packet come back? One request over port
// 80, once a family; its answer is not followed and not believed.
import type { Family, Reading } from "../../src/protocol/round.ts";
import { askOver } from "./exchange.ts";
import { failureOf } from "./failure.ts";
import { limited } from "../sockets/limit.ts";
import type { NodePath } from "./node-path.ts";

const HTTP_PORT = 80;

/** One reading a family in which TCP connected somewhere and TLS nowhere; never rejects. */
export async function plainHttp(readings: readonly Reading[], path: NodePath): Promise<Reading[]> {
  const families: readonly Family[] = ["v4", "v6"];
  const asked = families.flatMap((family) => {
    const own = readings.filter((reading) => reading.family === family);
    const [first] = own.filter(({ reached }) => reached === "tcp");
    const tlsWorks = own.some(({ reached }) => reached === "tls" || reached === "http");
    return first === undefined || tlsWorks ? [] : [first];
  });
  return Promise.all(asked.map((one) => ask(one, path)));
}

async function ask({ host, role, family, address }: Reading, path: NodePath): Promise<Reading> {
  const { tcpMs, httpMs } = path.limits;
  const tried = { host, role, family, address, try: 1 };
  const tcp = await limited(tcpMs, undefined, (signal) =>
    path.dialer.connect({ address, port: HTTP_PORT }, signal),
  );
  if (tcp.kind !== "done")
    return { ...tried, reached: "nothing", ...failureOf(tcp), ms: { tcp: tcp.ms } };
  try {
    const http = await limited(httpMs, undefined, (signal) =>
      askOver(tcp.value, { method: "HEAD", host, path: "/", maxBytes: 0 }, signal),
    );
    const ms = { tcp: tcp.ms, http: http.ms };
    if (http.kind !== "done") return { ...tried, reached: "tcp", ...failureOf(http), ms };
    return { ...tried, reached: "http", outcome: "ok", status: http.value.status, ms };
  } finally {
    tcp.value.destroy();
  }
}
