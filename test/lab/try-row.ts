// One row of the matrix, once: the fault comes in, a real pull meets it, the agent does its job.
import type { Workload } from "../../sim/kubernetes/workload.ts";
import type { Pulled } from "./containerd.ts";
import type { Lane } from "./lane.ts";
import { whatIsWrong } from "./judge-row.ts";
import { OLD_NEWS, type Row } from "./rows.ts";
import type { JobEnd, JobToRun } from "./site-in-node.ts";

export type Tried = {
  readonly fault: string;
  readonly verdict: string;
  readonly expected: readonly string[];
  /** From the start of the (last) round of probes to the verdict. */
  readonly seconds: number | null;
  readonly outcome: string;
  readonly routerWrites: number;
  readonly clusterWrites: number;
  /** Pods whose image was being pulled when they were evicted. */
  readonly pullsCutOff: number;
  /** Null where no pull was asked for. */
  readonly pullBefore: Pull | null;
  readonly pullAfter: Pull | null;
  /** What is not as it should be; empty if all is. */
  readonly wrong: readonly string[];
};
export type Pull = Pick<Pulled, "works" | "seconds">;

const IMAGE = "docker.io/library/busybox:1.36";
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
  const first = row.before === "our-rule" ? await lane.run(jobOf(cluster, OLD_NEWS)) : null;
  for (const fault of row.afterwards ?? []) await lane.lab.fault(fault);

  const before = pulls.wanted ? await lane.lab.pull(IMAGE) : null;
  if (before !== null && !before.works) pulls.messages.set(row.name, before.message);
  const writesBefore = await routerWrites(lane);
  const message = pulls.messages.get(row.name) ?? OLD_NEWS;
  const end = await wholeJob(row, lane, cluster, message);
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
    pullsCutOff: end.evictions.filter(({ pulling }) => pulling).length,
    pullBefore: brief(before),
    pullAfter: brief(after),
  };
  const oursLeft = await ourRules(lane);
  const wrong = [
    ...(first === null || first.outcome === "recovered" ? [] : [`the first job: ${first.outcome}`]),
    ...whatIsWrong(row, tried, { oursLeft, says: end.report?.summary ?? "" }),
  ];
  return { ...tried, wrong };
}

/** With what else happens in this row. */
async function wholeJob(row: Row, lane: Lane, cluster: string, message: string): Promise<JobEnd> {
  const { atFirstEviction: then, beside, env } = row;
  const plain = jobOf(cluster, message);
  const running = lane.run({
    ...plain,
    env: { ...plain.env, ...env },
    besides: beside === undefined ? [] : [besideIt(beside)],
    holdsFirstEviction: then !== undefined,
  });
  if (then === undefined) return running;
  const happens = async (): Promise<void> => {
    if (then.fault !== undefined) await lane.lab.fault(then.fault);
  };
  const [end] = await Promise.all([running, lane.atFirstEviction(happens, then.pullsAgain)]);
  return end;
}

function jobOf(cluster: string, message: string): JobToRun {
  return { cluster, message, image: "busybox:1.36", env: QUICK, limitMs: 240_000 };
}

/** Fails for a shorter time than the first Deployment: its turn comes later. */
function besideIt({ image, message }: NonNullable<Row["beside"]>): Workload {
  const failing = { sinceMs: 300_000, message };
  return { kind: "Deployment", namespace: "shop", name: "beside", image, failing };
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
