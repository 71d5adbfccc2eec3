// A job as the main story leaves it, with everything in its report that a report can have.
import { jobView } from "../../../src/jobs/job-view.ts";
import type { PodStory, Report } from "../../../src/protocol/report.ts";
import type { Lookup, Reading } from "../../../src/protocol/round.ts";
import type { Story } from "../../../src/story/story.ts";
import { aFinishedJob, NOW, PLAN } from "../support/a-job.ts";
import { aReport } from "../support/a-report.ts";

const HOST = "registry-1.docker.io";
const V4 = { host: HOST, role: "registry", family: "v4", address: "192.0.2.80" } as const;
const V6 = { host: HOST, role: "registry", family: "v6", address: "2600:1f18::80" } as const;

const LOOKUPS: Lookup[] = [V4, V6].map(({ host, role, family, address }) => ({
  host,
  role,
  family,
  source: "dns",
  outcome: "answer",
  addresses: [address],
  ms: 3,
}));

function fine(at: typeof V4 | typeof V6, tcp: number): Reading {
  return {
    ...at,
    try: 1,
    reached: "http",
    outcome: "ok",
    status: 401,
    ms: { tcp, tls: 20, http: 30 },
  };
}
const STALLED: Reading = {
  ...V6,
  try: 1,
  reached: "tcp",
  outcome: "timeout",
  ms: { tcp: 8, tls: 10_000 },
};
const REJECTED: Reading = {
  ...V6,
  try: 1,
  reached: "nothing",
  outcome: "unreachable",
  ms: { tcp: 1 },
};

const POD = {
  namespace: "shop",
  uid: "u1",
  node: "node-1",
  owner: "ReplicaSet/web",
  image: "nginx:1.27",
  host: HOST,
  label: "tls.timeout",
};
const RESTARTED: PodStory = {
  ...POD,
  name: "web-7c9d8b6f5-x2lqp",
  decision: "restart",
  why: "its host works again",
  retriesAt: null,
  restarted: "evicted",
  became: "pulled",
};
const LEFT: PodStory = {
  ...POD,
  name: "debug",
  decision: "leave",
  why: "a bare pod comes back to nobody",
  retriesAt: NOW + 300_000,
};

/** What the agent told of it. */
export const TOLD: Report = aReport({
  startedAt: NOW,
  endedAt: NOW + 21_500,
  summary: "The rule is in place and clients use IPv4. 1 of 1 pod has its image.",
  verdicts: [
    {
      host: HOST,
      name: "ipv6-tls-stall",
      sentence: "TLS over IPv6 never ends, IPv4 works.",
      advice: "Keep the rule until the path is healed.",
      evidence: ["IPv6: post (3 × timeout after tcp)"],
    },
  ],
  rounds: [
    {
      at: NOW + 1_000,
      ms: 10_500,
      lookups: LOOKUPS,
      readings: [fine(V4, 10), fine(V4, 12), fine(V4, 11), STALLED, STALLED],
      smallHello: [],
      quota: { state: "left", left: 99, limit: 100 },
      lookedFrom: {
        node: "node-1",
        sources: { v4: "192.0.2.0/24", v6: null },
        resolvers: ["192.0.2.53"],
      },
    },
  ],
  after: [fine(V4, 9), REJECTED],
  plan: {
    ...PLAN,
    rule: {
      chain: "forward",
      action: "reject",
      "reject-with": "icmp-address-unreachable",
      "dst-address": "2600:1f18::/32",
      protocol: "tcp",
      "dst-port": "443",
      comment: "Block Docker Hub IPv6 - forces IPv4 fallback [backon]",
    },
    commands: [
      '/ipv6 firewall filter add chain=forward action=reject comment="Block Docker Hub IPv6 - forces IPv4 fallback [backon]"',
    ],
  },
  pods: [RESTARTED, LEFT],
  rule: {
    state: "present",
    ours: true,
    at: NOW + 12_000,
    networks: ["2600:1f18::/32"],
    packets: "4",
  },
  stages: [{ stage: "probe", startedAt: NOW + 1_000, ms: 10_500 }],
  actions: [
    {
      at: NOW + 11_800,
      ms: 45,
      what: "add the rule",
      on: "router 192.0.2.1",
      ok: true,
      detail: ".id *1A",
    },
    {
      at: NOW + 13_000,
      ms: 12,
      what: "evict",
      on: "shop/web-7c9d8b6f5-x2lqp",
      ok: false,
      detail: "429",
    },
  ],
});

/** The job, what the agent told of it, its audit trail and the pod that an alert named. */
export function aStory(changes: Partial<Story> = {}): Story {
  const job = jobView(aFinishedJob({ outcome: "recovered", hasReport: true }));
  return {
    job,
    report: TOLD,
    events: [
      { at: NOW, job: "j1", what: "opened", by: "am", detail: "remediate" },
      { at: NOW, job: "j1", what: "claim: queued → leased", by: "agent-1", detail: "agent-1" },
    ],
    targets: [
      {
        namespace: "shop",
        pod: "web-7c9d8b6f5-x2lqp",
        uid: null,
        container: "web",
        reason: "ImagePullBackOff",
        episode: { fingerprint: "f1", startsAt: "2026-11-23T00:00:00Z" },
        unverified: false,
      },
    ],
    ...changes,
  };
}
