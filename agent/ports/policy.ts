// What this cluster's agent may do.

/** What this cluster's agent may do. Set in the cluster and nowhere else. */
export type Policy = {
  readonly mode: "observe" | "approve" | "auto";
  readonly stopGap: "ask" | "never" | "allow";
  /** Whether large packets that are lost lead to an MSS clamp. */
  readonly clamp: "ask" | "allow" | "never";
  readonly profile: "prefix" | "address-list";
  /** With `prefix` what is blocked; with `address-list` the network that entries must lie in. */
  readonly prefix: string;
  readonly addressList: string;
  readonly entryLifetimeMs: number;
  /** With `address-list`: a pool of more networks than this is not listed at all. */
  readonly entriesMost: number;
  readonly life: "keep" | "until-healed";
  /** Under `until-healed`: from this age on the rule is reported loudly. */
  readonly ruleMaxAgeMs: number;
  readonly rejectWith: string;
  readonly newOnly: boolean;
  readonly ruleHosts: readonly string[];
  readonly ipv6Controls: readonly string[];
  readonly ipv4Control: string;
  /** Hosts to which Docker Hub sends clients for blobs, as far as the settings know them. */
  readonly blobHosts: readonly string[];
  readonly proxy: ProxySettings | null;
  readonly method: "evict" | "delete";
  readonly allowRunning: boolean;
  /** Empty: every namespace but the denied ones. */
  readonly namespaces: readonly string[];
  readonly deniedNamespaces: readonly string[];
  readonly maxPods: number;
  readonly restartsPerSecond: number;
  readonly failingForMs: number;
  readonly restartAgainMs: number;
  readonly evidenceAgeMs: number;
  readonly secondRoundMs: number;
  readonly verifyAgainMs: number;
  readonly watchMs: number;
  readonly watchEveryMs: number;
  /** The longest that one attempt of an image client may take to fail (TCP and TLS limit). */
  readonly clientAttemptMs: number;
  /** IPv6 counts as much slower from this factor on, and this many milliseconds. */
  readonly slowFactor: number;
  readonly slowMs: number;
  /** This agent's own pod: never restarted. */
  readonly ownPodUid: string | null;
  readonly ownNode: string | null;
};

export type ProxySettings = {
  /** `host:port`, without user and password. */
  readonly proxy: string;
  /** The entries of NO_PROXY. */
  readonly except: readonly string[];
};
