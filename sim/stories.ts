// The stories that `npm start` can tell and that the tests run: a fault, the pods that fail under
// it, and how the job must end.
import type { NetworkSim } from "./network/start.ts";
import type { Workload } from "./kubernetes/workload.ts";
import type { Fields } from "./routeros/rule-table.ts";
import type { Site } from "./site.ts";

export type Story = {
  readonly name: string;
  readonly title: string;
  /** Rules that stand on the router besides the usual ones, before the story begins. */
  readonly rulesBefore: readonly Fields[];
  readonly arrange: (network: NetworkSim) => void;
  readonly workloads: readonly Workload[];
  readonly expected: {
    readonly verdict: string;
    readonly outcome: string;
    /** With a rule two: the rule, and the marker that this cluster uses it. */
    readonly routerWrites: number;
    readonly evictions: number;
  };
};

const HUB_IPV6 = "2600:1f18::/32";
const BLOB_IPV6 = "2606:4700::6810:30";
const HUB_IPV4 = ["203.0.113.10", "203.0.113.20"];
const FAILING_FOR_MS = 6 * 60_000;

const TLS_TIMEOUT = "net/http: TLS handshake timeout";

const LAYER_TIMEOUT = `failed to pull and unpack image "docker.io/library/nginx:1.27": failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://production.cloudflare.docker.com/registry-v2/docker/registry/v2/blobs/sha256/31/data": ${TLS_TIMEOUT}`;

/** A runtime's error as containerd words it, up to the cause. */
function resolving(image: string, cause: string): string {
  const [repository = "", tag = "latest"] = image.split(":");
  const path = repository.replace(/^docker\.io\//, "").replace(/^([^/]+)$/, "library/$1");
  const full = `docker.io/${path}:${tag}`;
  return `failed to pull and unpack image "${full}": failed to resolve reference "${full}": failed to do request: Head "https://registry-1.docker.io/v2/${path}/manifests/${tag}": ${cause}`;
}

function failing(workload: Omit<Workload, "failing">, cause: string): Workload {
  const message = resolving(workload.image, cause);
  return { ...workload, failing: { sinceMs: FAILING_FOR_MS, message } };
}

/** Five pods that a restart helps, and three that are left alone. */
function usualPods(cause: string): Workload[] {
  return [
    {
      kind: "DaemonSet",
      namespace: "longhorn-system",
      name: "longhorn-manager",
      image: "longhornio/longhorn-manager:v1.9.1",
    },
    {
      kind: "Deployment",
      namespace: "shop",
      name: "web",
      image: "nginx:1.27",
      replicas: 2,
      nodes: ["node-a", "node-b"],
    },
    { kind: "StatefulSet", namespace: "shop", name: "db", image: "postgres:17", pulls: "init" },
    { kind: "Job", namespace: "batch", name: "report", image: "python:3.13" },
    { kind: "bare", namespace: "default", name: "debug", image: "busybox:1.37" },
    {
      kind: "DaemonSet",
      namespace: "kube-system",
      name: "logs",
      image: "fluent/fluent-bit:3.2",
      nodes: ["node-b"],
    },
  ].map((workload) => failing(workload as Omit<Workload, "failing">, cause));
}

const untouched = { routerWrites: 0, evictions: 0 } as const;

export const STORIES: readonly Story[] = [
  {
    name: "ipv6-stall",
    title: "Docker Hub over IPv6: TCP connects, TLS never completes, IPv4 works",
    rulesBefore: [],
    arrange: ({ gateway }) => void gateway.faults.add({ to: HUB_IPV6, kind: "tls-stall" }),
    workloads: usualPods(TLS_TIMEOUT),
    expected: { verdict: "ipv6-tls-stall", outcome: "recovered", routerWrites: 2, evictions: 5 },
  },
  {
    name: "ipv6-reset",
    title: "Docker Hub over IPv6: the connection is reset during TLS",
    rulesBefore: [],
    arrange: ({ gateway }) => void gateway.faults.add({ to: HUB_IPV6, kind: "reset" }),
    workloads: usualPods(
      "read tcp [2001:db8:10::2]:41822->[2600:1f18:2148:bc00::10]:443: read: connection reset by peer",
    ),
    expected: { verdict: "ipv6-tls-reset", outcome: "recovered", routerWrites: 2, evictions: 5 },
  },
  {
    name: "rule-by-person",
    title: "The same fault, but a person has already typed the usual rule",
    rulesBefore: [
      {
        chain: "forward",
        action: "reject",
        "reject-with": "icmp-address-unreachable",
        "dst-address": HUB_IPV6,
        protocol: "tcp",
        "dst-port": "443",
        comment: "Block Docker Hub IPv6 - forces IPv4 fallback",
      },
    ],
    arrange: ({ gateway }) => void gateway.faults.add({ to: HUB_IPV6, kind: "tls-stall" }),
    workloads: usualPods(TLS_TIMEOUT),
    expected: { verdict: "rule-active", outcome: "recovered", routerWrites: 0, evictions: 5 },
  },
  {
    name: "healthy",
    title: "The path has healed by itself; the pods only sit in their back-off",
    rulesBefore: [],
    arrange: () => {},
    workloads: usualPods(TLS_TIMEOUT),
    expected: { verdict: "healthy-now", outcome: "recovered", routerWrites: 0, evictions: 5 },
  },
  {
    name: "stall-everywhere",
    title: "IPv6 TLS stalls at every host: the site's own IPv6 is broken; a person is asked",
    rulesBefore: [],
    arrange: ({ gateway }) => void gateway.faults.add({ to: "::/0", kind: "tls-stall" }),
    workloads: usualPods(TLS_TIMEOUT),
    expected: { verdict: "ipv6-stall-everywhere", outcome: "awaiting", ...untouched },
  },
  {
    name: "path-mtu",
    title:
      "A link of 1,492 bytes on the way to Docker Hub over IPv6: a clamp, and a person is asked",
    rulesBefore: [],
    arrange: ({ gateway }) =>
      void gateway.faults.add({ to: HUB_IPV6, kind: "large-hello-stall", mtu: 1_492 }),
    workloads: usualPods(TLS_TIMEOUT),
    expected: { verdict: "path-mtu", outcome: "awaiting", ...untouched },
  },
  {
    name: "blob-stall",
    title: "The registry is fine; the host of the image's layers stalls over IPv6",
    rulesBefore: [],
    arrange: ({ gateway }) => void gateway.faults.add({ to: BLOB_IPV6, kind: "tls-stall" }),
    workloads: [
      {
        kind: "Deployment",
        namespace: "shop",
        name: "web",
        image: "nginx:1.27",
        replicas: 2,
        failing: { sinceMs: FAILING_FOR_MS, message: LAYER_TIMEOUT },
      },
    ],
    expected: { verdict: "ipv6-blob-stall", outcome: "stood-down", ...untouched },
  },
  {
    name: "registry-down",
    title: "Docker Hub answers 503 on both families",
    rulesBefore: [],
    arrange: ({ servers }) => void servers.behaviour.status.set("registry-1.docker.io", 503),
    workloads: usualPods(
      "unexpected status from HEAD request to https://registry-1.docker.io/v2/: 503 Service Unavailable",
    ),
    expected: { verdict: "registry-down", outcome: "stood-down", ...untouched },
  },
  {
    name: "ipv4-down",
    title: "IPv4 to Docker Hub is dead and IPv6 works: IPv6 must never be blocked now",
    rulesBefore: [],
    arrange: ({ gateway }) =>
      HUB_IPV4.forEach((to) => void gateway.faults.add({ to, kind: "tcp-drop" })),
    workloads: usualPods("dial tcp 203.0.113.10:443: i/o timeout"),
    expected: { verdict: "ipv4-down", outcome: "stood-down", ...untouched },
  },
  {
    name: "site-offline",
    title: "Nothing answers on either family",
    rulesBefore: [],
    arrange: ({ gateway }) => {
      for (const to of ["0.0.0.0/0", "::/0"]) gateway.faults.add({ to, kind: "tcp-drop" });
    },
    workloads: usualPods("dial tcp [2600:1f18:2148:bc00::10]:443: i/o timeout"),
    expected: { verdict: "site-offline", outcome: "stood-down", ...untouched },
  },
  {
    name: "dns-failure",
    title: "The resolver answers SERVFAIL",
    rulesBefore: [],
    arrange: ({ dns }) => dns.mode("*", "servfail"),
    workloads: usualPods(
      "dial tcp: lookup registry-1.docker.io on 203.0.113.53:53: server misbehaving",
    ),
    expected: { verdict: "dns-failure", outcome: "stood-down", ...untouched },
  },
  {
    name: "rate-limited",
    title: "The pull allowance of the shared IPv4 address is used up",
    rulesBefore: [],
    arrange: ({ servers }) => void (servers.behaviour.quota = "blocked"),
    workloads: usualPods(
      "unexpected status code https://registry-1.docker.io/v2/: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit",
    ),
    expected: { verdict: "rate-limited", outcome: "stood-down", ...untouched },
  },
  {
    name: "not-found",
    title: "The image does not exist; the path is fine",
    rulesBefore: [],
    arrange: ({ servers }) => void servers.behaviour.missing.add("library/nginx:1.72"),
    workloads: [
      failing(
        { kind: "Deployment", namespace: "shop", name: "web", image: "nginx:1.72", replicas: 2 },
        "docker.io/library/nginx:1.72: not found",
      ),
    ],
    expected: { verdict: "image.not_found", outcome: "stood-down", ...untouched },
  },
];

export function storyNamed(name: string): Story | undefined {
  return STORIES.find((story) => story.name === name);
}

/** Brings the site into the state in which the story begins. */
export function arrange(story: Story, site: Site): void {
  story.arrange(site.network);
  site.cluster.apply(...story.workloads);
}
