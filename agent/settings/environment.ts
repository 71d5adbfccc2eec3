// Environment → Settings, parsed once. Every secret may also come as NAME_FILE. All faults are
// named in one message: the variable, its value (never a secret's), what is allowed.
import { existsSync, readFileSync } from "node:fs";
import * as z from "zod";
import { errorText } from "../basics/error-text.ts";
import { MARKERS } from "../router/markers.ts";
import { ENTRY_PREFIX_LENGTH } from "../ports/entry-prefix-length.ts";
import { hostNames } from "./host-names.ts";
import { LIST_NAME, REJECT_WITH } from "../ports/our-writing.ts";
import {
  list,
  yesNo,
  ms,
  whole,
  httpUrl,
  routerUrls,
  oneWord,
  proxy,
  secondResolver,
  ipv6Prefix,
  networks,
} from "./texts.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where Kubernetes puts a pod's own account (documented, "Accessing the API from within a Pod"). */
export const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

const SECRETS = ["WORKER_TOKEN", "ROUTER_PASSWORD", "KUBERNETES_TOKEN"];

/** The variables an agent reads. Durations are milliseconds. */
export const AgentEnvironment = z.strictObject({
  MODE: z.enum(["observe", "approve", "auto"]).default("observe"),
  STOP_GAP: z.enum(["ask", "never", "allow"]).default("ask"),
  CLAMP: z.enum(["ask", "allow", "never"]).default("ask"),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),

  WORKER_URL: httpUrl.optional(),
  WORKER_TOKEN: oneWord.optional(),
  CLUSTER_NAME: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,63}$/, "letters, digits and dashes, 63 at most")
    .optional(),
  AGENT_ID: z.string().min(1).max(100).optional(),
  POLL_MS: ms(30_000),
  POLL_WITH_DOORBELL_MS: ms(300_000),
  RENEW_MS: ms(20_000),
  LEASE_RESERVE_MS: ms(75_000),
  WORKER_TIMEOUT_MS: ms(15_000),

  ROUTER_URL: routerUrls.optional(),
  ROUTER_USER: z.string().min(1).optional(),
  ROUTER_PASSWORD: z.string().min(1).optional(),
  ROUTER_CA_FILE: z.string().optional(),
  ROUTER_SPKI_SHA256: z.string().optional(),
  ROUTER_SERVERNAME: z.string().optional(),
  ROUTER_ALLOW_HTTP: yesNo.default(false),
  ROUTER_PAUSE_MS: ms(5_000),
  ROUTER_TIMEOUT_MS: ms(65_000),
  PROFILE: z.enum(["prefix", "address-list"]).default("prefix"),
  PREFIX: ipv6Prefix.default("2600:1f18::/32"),
  ADDRESS_LIST: z
    .string()
    .regex(LIST_NAME, "the name of a list: letters, digits, dots and dashes")
    .refine((name) => name !== MARKERS, `${MARKERS} is where clusters leave their markers`)
    .default("backon-block-v6"),
  ENTRY_LIFETIME_MS: ms(1_800_000),
  ENTRY_REFRESH_MS: ms(300_000),
  ENTRIES_MOST: whole(32, 256),
  RULE_LIFE: z.enum(["keep", "until-healed"]).default("keep"),
  RULE_MAX_AGE_MS: ms(7 * 86_400_000),
  REJECT_WITH: z.enum(REJECT_WITH).optional(),
  NEW_ONLY: yesNo.default(false),
  RULE_HOSTS: hostNames
    .pipe(z.array(z.string()).min(1, "at least one host"))
    .default(["registry-1.docker.io", "auth.docker.io"]),

  KUBERNETES_URL: httpUrl.optional(),
  KUBERNETES_TOKEN: z.string().optional(),
  KUBERNETES_CA_FILE: z.string().optional(),
  KUBERNETES_SERVICE_HOST: z.string().optional(),
  KUBERNETES_SERVICE_PORT: z.string().optional(),
  NAMESPACES: list.default([]),
  DENIED_NAMESPACES: list.default(["kube-system"]),
  RESTART_METHOD: z.enum(["evict", "delete"]).default("evict"),
  RESTART_RUNNING: yesNo.default(false),
  MAX_PODS: whole(50, 500),
  RESTARTS_PER_SECOND: whole(5, 5),
  RESTARTS_PER_HOUR: whole(100, 10_000),
  ROUTER_WRITES_PER_HOUR: whole(6, 1_000),
  ROUTER_LOOKS_PER_MINUTE: whole(30, 1_000),
  FAILING_FOR_MS: ms(120_000),
  RESTART_AGAIN_MS: ms(6 * 3_600_000),
  POD_UID: z.string().optional(),
  NODE_NAME: z.string().optional(),

  IPV6_CONTROLS: list.default(["registry.k8s.io", "one.one.one.one"]),
  IPV4_CONTROL: z.string().default("ghcr.io"),
  BLOB_HOSTS: hostNames.default(["production.cloudflare.docker.com"]),
  PRIVATE_REGISTRIES: networks.default([]),
  HTTPS_PROXY: proxy.optional(),
  NO_PROXY: list.default([]),
  DNS_SERVERS: list.default([]),
  SECOND_RESOLVER: secondResolver.default("https://one.one.one.one/dns-query"),
  HOSTS_FILE: z.string().default("/etc/hosts"),
  EXTRA_CA_FILE: z.string().optional(),
  DNS_TIMEOUT_MS: ms(5_000),
  TCP_TIMEOUT_MS: ms(5_000),
  TLS_TIMEOUT_MS: ms(10_000),
  HTTP_TIMEOUT_MS: ms(10_000),
  TRY_GAP_MS: ms(300),
  EVIDENCE_AGE_MS: ms(60_000),
  SECOND_ROUND_MS: ms(60_000),
  VERIFY_GAP_MS: ms(500),
  VERIFY_AGAIN_MS: ms(10_000),
  WATCH_MS: ms(360_000),
  WATCH_EVERY_MS: ms(5_000),

  /** 0: any free port. */
  HEALTH_PORT: z
    .string()
    .regex(/^\d{1,5}$/, "a port number")
    .transform(Number)
    .refine((port) => port <= 65_535, "a port number")
    .default(9464),
  HEALTH_HOST: z.string().default("127.0.0.1"),
});
export type Settings = z.infer<typeof AgentEnvironment> & {
  /** Secret → the file that it was read from, and is read from again. */
  readonly secretFiles?: Readonly<Record<string, string>>;
};

type Parsed = { ok: true; settings: Settings } | { ok: false; message: string };

/** Reads the variables this agent knows; other variables of the environment are not ours. */
export function readSettings(env: Environment): Parsed {
  const faults: string[] = [];
  const found: Record<string, string> = {};
  for (const name of Object.keys(AgentEnvironment.shape)) {
    const value = SECRETS.includes(name)
      ? readSecret(name, env, faults)
      : env[name] || (PROXY_NAMES.includes(name) ? env[name.toLowerCase()] : undefined);
    if (value !== undefined && value !== "") found[name] = value;
  }
  const parsed = AgentEnvironment.safeParse(found);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) faults.push(describe(issue, found));
    faults.push(...crossFaultsBeside(parsed.error.issues, found));
  } else {
    faults.push(...crossFaults(parsed.data));
    if (faults.length === 0)
      return { ok: true, settings: { ...parsed.data, secretFiles: secretFilesIn(env) } };
  }
  return {
    ok: false,
    message: `The agent's settings have ${faults.length} fault(s); nothing was started.\n${faults
      .map((fault) => `  ${fault}`)
      .join("\n")}`,
  };
}

/** What is wrong between the settings that are right by themselves: so one run names every fault. */
function crossFaultsBeside(
  issues: readonly z.core.$ZodIssue[],
  found: Readonly<Record<string, string>>,
): string[] {
  const faulty = issues.map(({ path }) => String(path[0]));
  const others = Object.entries(found).filter(([name]) => !faulty.includes(name));
  const rest = AgentEnvironment.safeParse(Object.fromEntries(others));
  if (!rest.success) return [];
  // One that is there, but wrong, is not missing.
  return crossFaults(rest.data).filter((text) => !faulty.some((name) => text.includes(name)));
}

/** Names that the rest of the world also writes in small letters. */
const PROXY_NAMES = ["HTTPS_PROXY", "NO_PROXY"];

function secretFilesIn(env: Environment): Record<string, string> {
  const files = SECRETS.flatMap((name) => {
    const file = env[`${name}_FILE`];
    return file === undefined || file === "" ? [] : [[name, file]];
  });
  return Object.fromEntries(files);
}

/** A mounted file wins over the environment; its trailing newline is not part of the secret. */
function readSecret(name: string, env: Environment, faults: string[]): string | undefined {
  const file = env[`${name}_FILE`];
  if (file === undefined || file === "") return env[name];
  try {
    return readFileSync(file, "utf8").trimEnd();
  } catch (cause) {
    faults.push(
      `${name}_FILE=${file}: cannot be read (${errorText(cause)}); mount the secret or unset it`,
    );
    return undefined;
  }
}

function describe(issue: z.core.$ZodIssue, found: Readonly<Record<string, string>>): string {
  const name = String(issue.path[0] ?? "?");
  const value = found[name] ?? "";
  const shown = SECRETS.includes(name)
    ? "(a secret, not shown)"
    : JSON.stringify(value.replace(/^([a-z0-9+]+:\/\/)?.*@/i, "$1…@"));
  return `${name}=${shown}: ${issue.message}`;
}

const FILES = ["ROUTER_CA_FILE", "KUBERNETES_CA_FILE", "EXTRA_CA_FILE"] as const;

/** Of each router; empty without one. */
export function routerUrlsOf({ ROUTER_URL: urls }: Pick<Settings, "ROUTER_URL">): string[] {
  return urls?.split(",") ?? [];
}

function crossFaults(settings: Settings): string[] {
  const faults: string[] = [];
  for (const name of FILES) {
    const path = settings[name];
    const needed = name !== "ROUTER_CA_FILE" || settings.ROUTER_URL !== undefined;
    if (path !== undefined && needed && !existsSync(path))
      faults.push(`${name}=${path}: there is no such file`);
  }
  const { ROUTER_URL: url, KUBERNETES_URL: api } = settings;
  if (api !== undefined && !settings.KUBERNETES_TOKEN && !existsSync(`${ACCOUNT}/token`))
    faults.push(`KUBERNETES_URL=${api}: outside a pod also set KUBERNETES_TOKEN (or _FILE)`);
  if (url !== undefined && (!settings.ROUTER_USER || !settings.ROUTER_PASSWORD))
    faults.push(`ROUTER_URL=${url}: also set ROUTER_USER and ROUTER_PASSWORD (or _FILE)`);
  if (url?.includes("http:") && !settings.ROUTER_ALLOW_HTTP)
    faults.push(
      `ROUTER_URL=${url}: http:// sends the router's password readable; use https://, or set ROUTER_ALLOW_HTTP=yes if that is what you want`,
    );
  if (
    settings.ROUTER_SPKI_SHA256 !== undefined &&
    !/^[A-Za-z0-9+/]{43}=$/.test(settings.ROUTER_SPKI_SHA256)
  )
    faults.push(
      `ROUTER_SPKI_SHA256=${settings.ROUTER_SPKI_SHA256}: the base64 SHA-256 of the router's public key, 44 characters`,
    );
  const { ENTRY_REFRESH_MS: refresh, ENTRY_LIFETIME_MS: lifetime } = settings;
  if (settings.PROFILE === "address-list" && (refresh === 0 || refresh > lifetime / 2))
    faults.push(
      `ENTRY_REFRESH_MS=${refresh}: more than 0, and at most half of ENTRY_LIFETIME_MS=${lifetime}, so that an entry outlives a refresh that fails`,
    );
  const { PROFILE: profile, PREFIX: prefix } = settings;
  if (profile === "address-list" && Number(prefix.split("/")[1]) > ENTRY_PREFIX_LENGTH)
    faults.push(
      `PREFIX=${prefix}: with PROFILE=address-list no longer than /${ENTRY_PREFIX_LENGTH}, which is what an entry holds`,
    );
  if (settings.IPV6_CONTROLS.length < 2)
    faults.push(
      `IPV6_CONTROLS=${settings.IPV6_CONTROLS.join(",")}: at least two hosts with IPv6 on different networks, outside PREFIX`,
    );
  return faults;
}
