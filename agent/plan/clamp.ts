// Where a path loses large packets: the MSS clamp that is planned for it, and what is tried after. Pure.
import type { ClampFields, PlannedClamp } from "../../src/protocol/clamp.ts";
import type { Family } from "../../src/protocol/round.ts";
import { latestRound, type Finding } from "../diagnosis/finding.ts";
import { familiesThatLose } from "../diagnosis/large-packets.ts";
import { CLAMP_COMMENT, CLAMP_NUMBERS } from "../ports/our-writing.ts";

/** The hosts that a clamp is for, and the families over which they lose large packets. */
export type Clamping = { readonly hosts: readonly string[]; readonly families: readonly Family[] };

/** What the router itself knows of its links; it does not know of a narrow one further away. */
const BY_ROUTER = "pmtu";
export type Mss = typeof BY_ROUTER | number;
const MSS_STEPS: readonly Mss[] = [BY_ROUTER, ...CLAMP_NUMBERS];

/** Null where no host's verdict is `path-mtu`. */
export function clampingFor(finding: Finding): Clamping | null {
  const round = latestRound(finding);
  const hosts = finding.verdicts.flatMap(({ name, host, measured }) =>
    name === "path-mtu" && measured && host !== null ? [host] : [],
  );
  if (round === null || hosts.length === 0) return null;
  const families = hosts.flatMap((host) => familiesThatLose(round, host));
  return { hosts, families: (["v4", "v6"] as const).filter((one) => families.includes(one)) };
}

export function clampsFor(families: readonly Family[]): PlannedClamp[] {
  return families.map((family) => ({
    family,
    rule: clampFields(BY_ROUTER),
    steps: [...CLAMP_NUMBERS],
  }));
}

/** A number comes with a match, so that it never raises a smaller value. */
export function clampFields(mss: Mss): ClampFields {
  return {
    chain: "forward",
    action: "change-mss",
    "new-mss": mss === BY_ROUTER ? "clamp-to-pmtu" : String(mss),
    passthrough: "yes",
    protocol: "tcp",
    "tcp-flags": "syn",
    ...(mss === BY_ROUTER ? {} : { "tcp-mss": `${mss + 1}-65535` }),
    comment: CLAMP_COMMENT,
  };
}

/** The step after the one that stands; the first where none does, null after the last. */
export function stepAfter(standing: string | null): Mss | null {
  if (standing === null) return BY_ROUTER;
  const at = MSS_STEPS.findIndex((step) => clampFields(step)["new-mss"] === standing);
  return MSS_STEPS[at + 1] ?? null;
}
