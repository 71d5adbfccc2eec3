// One row of the matrix, once: the fault comes in, a real pull meets it, the agent does its job.
import type { Pulled } from "./containerd.ts";
import type { Lane } from "./lane.ts";
import { MOST_SECONDS, pullsOf, type Row } from "./rows.ts";
import type { JobEnd } from "./site-in-node.ts";

export type Tried = {
  readonly fault: string;
  readonly verdict: string;
  readonly expected: readonly string[];
  /** From the start of the (last) round of probes to the verdict. */
  readonly seconds: number | null;
  readonly outcome: string;
  readonly routerWrites: number;
  readonly clusterWrites: number;
  /** Null where no pull was asked for. */
  readonly pullBefore: Pull | null;
  readonly pullAfter: Pull | null;
  /** What is not as it should be; empty if all is. */
  readonly wrong: readonly string[];
};
type Pull = Pick<Pulled, "works" | "seconds">;

const IMAGE = "docker.io/library/busybox:1.36";
/** What a pod still says whose last pull failed while the fault was another. */
const OLD_NEWS =
  'failed to pull and unpack image "docker.io/library/busybox:1.36": failed to resolve reference "docker.io/library/busybox:1.36": failed to do request: Head "https://registry-1.docker.io/v2/library/busybox/manifests/1.36": net/http: TLS handshake timeout';
/** The usual line, without our mark. */
const PERSONS_RULE = {
  chain: "forward",
  action: "reject",
  "reject-with": "icmp-address-unreachable",
  "dst-address": "2600:1f18::/32",
  protocol: "tcp",
  "dst-port": "443",
  comment: "Block Docker Hub IPv6 - forces IPv4 fallback",
};
/** Only the waits between rounds are shorter than in a cluster; every limit of a client is real. */
const QUICK = {
  SECOND_ROUND_MS: "1000",
  VERIFY_AGAIN_MS: "2000",
  WATCH_MS: "45000",
  WATCH_EVERY_MS: "500",
  POLL_MS: "500",
  POLL_WITH_DOORBELL_MS: "2000",
};

/** Pods fail with this message where none was seen by a pull of this run. */
export type Memory = Map<string, string>;

export async function tryRow(
  row: Row,
  lane: Lane,
  cluster: string,
  pulls: { readonly wanted: boolean; readonly messages: Memory },
): Promise<Tried> {
  await lane.lab.heal();
  await lane.router({ ask: "reset" });
  try {
    return await inFault(row, lane, cluster, pulls);
  } finally {
    await lane.lab.heal();
  }
}

async function inFault(
  row: Row,
  lane: Lane,
  cluster: string,
  pulls: { readonly wanted: boolean; readonly messages: Memory },
): Promise<Tried> {
  if (row.before === "persons-rule") await typedFirst(lane);
  for (const fault of row.faults) await lane.lab.fault(fault);
  const first = row.before === "our-rule" ? await job(lane, cluster, OLD_NEWS) : null;
  for (const fault of row.afterwards ?? []) await lane.lab.fault(fault);

  const before = pulls.wanted ? await lane.lab.pull(IMAGE) : null;
  if (before !== null && !before.works) pulls.messages.set(row.name, before.message);
  const writesBefore = await routerWrites(lane);
  const end = await job(lane, cluster, pulls.messages.get(row.name) ?? OLD_NEWS);
  const writes = (await routerWrites(lane)) - writesBefore;
  const after = pulls.wanted ? await lane.lab.pull(IMAGE) : null;

  const tried = {
    fault: row.name,
    verdict: end.report?.verdict ?? "none",
    expected: row.verdicts,
    seconds: end.secondsToVerdict,
    outcome: end.outcome,
    routerWrites: writes,
    clusterWrites: end.evictions.length,
    pullBefore: brief(before),
    pullAfter: brief(after),
  };
  const oursLeft = await ourRules(lane);
  const wrong = [
    ...(first === null || first.outcome === "recovered" ? [] : [`the first job: ${first.outcome}`]),
    ...whatIsWrong(row, tried, oursLeft),
  ];
  return { ...tried, wrong };
}

function job(lane: Lane, cluster: string, message: string): Promise<JobEnd> {
  return lane.run({ cluster, message, image: "busybox:1.36", env: QUICK, limitMs: 240_000 });
}

async function typedFirst(lane: Lane): Promise<void> {
  const [first] = await lane.router<Record<string, string>[]>({ ask: "table" });
  const before = first?.[".id"];
  const question = { ask: "addRule", fields: PERSONS_RULE } as const;
  await lane.router(before === undefined ? question : { ...question, before });
}

/** To the rules; the marker that this cluster uses ours is in an address list. */
async function routerWrites(lane: Lane): Promise<number> {
  const writes = await lane.router<{ path: string }[]>({ ask: "writes" });
  return writes.filter(({ path }) => /firewall\/filter(?!.*\/print$)/.test(path)).length;
}

async function ourRules(lane: Lane): Promise<number> {
  const table = await lane.router<Record<string, string>[]>({ ask: "table" });
  return table.filter((rule) => rule["comment"]?.includes("[backon]")).length;
}

function brief(pulled: Pulled | null): Pull | null {
  return pulled === null ? null : { works: pulled.works, seconds: pulled.seconds };
}

/** One router write for a rule set or withdrawn, none else; pods only where their host works. */
const EXPECTED = {
  nothing: { writes: 0, rules: 0 },
  asks: { writes: 0, rules: 0 },
  rule: { writes: 1, rules: 1 },
  withdraws: { writes: 1, rules: 0 },
} as const;
const RESTARTS = ["healthy-now", "rule-active"];

function whatIsWrong(row: Row, tried: Omit<Tried, "wrong">, oursLeft: number): string[] {
  const { verdict, outcome, seconds, pullBefore, pullAfter } = tried;
  const expected = EXPECTED[row.effect];
  const evictions = row.effect === "rule" || RESTARTS.includes(verdict) ? 1 : 0;
  const stalls = ["rule", "asks"].includes(row.effect);
  const most = stalls ? MOST_SECONDS.stall : row.name === "none" ? MOST_SECONDS.healthy : Infinity;
  return [
    ...(row.verdicts.includes(verdict) ? [] : [`verdict ${verdict}`]),
    ...(tried.routerWrites === expected.writes ? [] : [`${tried.routerWrites} router writes`]),
    ...(oursLeft === expected.rules ? [] : [`${oursLeft} rules of ours on the router`]),
    ...(tried.clusterWrites === evictions ? [] : [`${tried.clusterWrites} evictions`]),
    ...(row.effect === "rule" && outcome !== "recovered" ? [`outcome ${outcome}`] : []),
    ...((outcome === "awaiting") === asks(row, verdict) ? [] : [`outcome ${outcome}`]),
    ...((seconds ?? 0) <= most ? [] : [`${seconds} s to the verdict`]),
    ...wrongPull("before", pullBefore, pullsOf(row)?.before),
    ...wrongPull("after", pullAfter, pullsOf(row)?.after),
  ];
}

function wrongPull(when: string, pull: Pull | null, works: boolean | undefined): string[] {
  if (pull === null || works === undefined || pull.works === works) return [];
  return [`a pull ${pull.works ? "works" : "fails"} ${when}`];
}

/** A fault of some addresses or tries is a person's to decide, whatever the row. */
function asks(row: Row, verdict: string): boolean {
  return row.effect === "asks" || verdict === "ipv6-partial";
}
