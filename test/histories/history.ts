// One history of a site with a router: what stands there at first, what is done, and what goes wrong.
// Plain values, so that fast-check can draw them, print them and make a failing one smaller.

export type History = {
  readonly profile: "prefix" | "address-list";
  readonly life: "keep" | "until-healed";
  /** TLS between agent and router. */
  readonly secure: boolean;
  readonly table: readonly StartRow[];
  /** What nobody knows of the real router, either way. */
  readonly renumbersAtReboot: boolean;
  readonly patchesTimeouts: boolean;
  readonly unknownPlace: "400" | "404" | "append";
  readonly steps: readonly Step[];
  /** After the last job, which sets the rule, another one takes it off. */
  readonly thenWithdraw: boolean;
};

/** `home`: the six rules that the router comes with. `many`: so many that a reply is large. */
export type StartRow =
  | "home"
  | "fasttrack"
  | "accept all"
  | "typed"
  | "raw bytes"
  | "many"
  | "ours";

export type Step = JobStep | Operator | { readonly kind: "time"; readonly minutes: number };

export type JobStep = {
  readonly kind: "job";
  /** Whose agent it is: both use the same router. */
  readonly cluster: Cluster;
  readonly job: "alert" | "fix" | "withdraw" | "recheck" | "refresh";
  readonly path: Path;
  /** What happens while it runs. */
  readonly mids: readonly Mid[];
  readonly end: End;
};

export const CLUSTERS = ["home", "barn"] as const;
export type Cluster = (typeof CLUSTERS)[number];

/**
 * `not in path`: the router does not carry this site's IPv6. `pods fail`: pulls end in the same
 * error although clients get through.
 */
export type Path = "stalls" | "healthy" | "ipv4 lost" | "not in path" | "pods fail";

/**
 * How the first attempt ends. `cut`: after so many bytes from one side both connections are cut;
 * the process `dies` with that, or only the network broke.
 */
export type End =
  | { readonly kind: "whole" }
  | { readonly kind: "unreported" }
  | {
      readonly kind: "cut";
      readonly from: "client" | "router";
      readonly bytes: number;
      readonly dies: boolean;
    };

/** Before the router looks at the request with this number (from 1) of the job. */
export type Mid = { readonly at: number; readonly what: Operator | Fault };

export type Fault = {
  readonly kind: "fault";
  readonly fault: (typeof FAULTS)[number];
  /** For so many requests, so many times, or so long: what fits the fault. */
  readonly count: number;
};

export const FAULTS = [
  // S60: the router's limit of 60 s ends the request.
  "session closed",
  // S61: the connection breaks, the router works on, and what follows is damaged.
  "aborted",
  // S62: the next write takes effect, and the answer says otherwise.
  "applied, 400",
  "applied, 500",
  "applied, closed",
  // S62, and then nothing more can be read.
  "applied, then blind",
  "closed before",
  // The next deletions are refused, or answered 204 and not done.
  "deletes refused",
  "deletes frozen",
  "gets closed",
  "gets fail",
  // S63
  "wrong objects",
  // S64
  "reboot",
  "reboot after",
  // S65
  "slow",
  // S66
  "raw bytes",
  // S67: only where the history is secure.
  "certificate",
  "login refused",
  "no write",
  "no api",
  "rest off",
  "lease lost",
  "cancelled",
] as const;

export type Operator = {
  readonly kind: "operator";
  readonly act: (typeof ACTS)[number];
  /** Which of the rows in question, and to which place; counted round. */
  readonly which: number;
  readonly to: number;
};

/** S68: a person at the router. */
export const ACTS = [
  "move ours",
  "disable ours",
  "enable ours",
  "remove ours",
  "take our mark off",
  "narrow ours",
  "break ours",
  "break and disable ours",
  "copy ours",
  "copy ours, disabled",
  "add accept",
  "add drop of UDP",
  "type our rule",
  "remove foreign",
  "move foreign",
  "edit foreign",
  "disable foreign",
  "use FastTrack",
  "add entry",
  "add entry with our mark",
  "add entry with our mark elsewhere",
  "mention us",
  "marker by hand",
  "remove entry",
  "disable our entry",
] as const;
