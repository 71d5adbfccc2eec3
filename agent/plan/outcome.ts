// What became of the pods → how the job ends. Pure.
import type { Outcome, PodStory } from "../../src/protocol/report.ts";

export type Became = {
  readonly became: readonly PodStory[];
  /** A rule is in force. */
  readonly ruled: boolean;
  /** This job clamped the MSS. */
  readonly clamped: boolean;
  /** Other pods still fail at a host that was not fixed. */
  readonly elsewhere: boolean;
  /** Pods that a restart would help too, beyond what one job may restart. */
  readonly left: number;
  /** Why restarts that were asked for were not carried out, one text each. */
  readonly refused: readonly string[];
};

export function outcomeOf({ became, ruled, clamped, elsewhere }: Became): Outcome {
  const count = (word: PodStory["became"]): number =>
    became.filter((pod) => pod.became === word).length;
  const pulled = count("pulled");
  if (pulled === became.length && !elsewhere) return "recovered";
  if (pulled > 0) return "partly-recovered";
  const onlyAgain = count("still-failing") > 0 && count("other-cause") === 0;
  return (ruled || clamped) && onlyAgain ? "no-better" : "still-failing";
}

export function summaryOf(end: Became): string {
  const { became, elsewhere, left, refused } = end;
  const rule = remedyInWords(end);
  const others = became.filter((pod) => pod.became === "other-cause");
  const causes = [...new Set(others.map(({ detail }) => detail ?? ""))].slice(0, 3).join("; ");
  const asked = became.filter(({ restarted }) => restarted !== undefined).length;
  const tail = `${refusals(refused, asked)}${causes === "" ? "" : ` Another cause: ${causes}.`}${elsewhere ? " Pods at other hosts still fail." : ""}${leftBehind(left)}`;
  if (became.length === 0) return `${rule}No pod waits for a host that works now.${tail}`;
  const pulled = became.filter((pod) => pod.became === "pulled").length;
  return `${rule}${pulled} of ${became.length} ${became.length === 1 ? "pod has its" : "pods have their"} image.${tail}`;
}

function remedyInWords({ ruled, clamped }: Became): string {
  if (clamped) return "The MSS clamp is in place and large packets get through. ";
  return ruled ? "The rule is in place and clients use IPv4. " : "";
}

function refusals(refused: readonly string[], asked: number): string {
  const [first] = refused;
  if (first === undefined) return "";
  const worked = asked - refused.length;
  const said = first.length > 300 ? `${first.slice(0, 300)}…` : first;
  return ` ${worked === 0 ? "None" : `Only ${worked}`} of ${asked} restarts could be carried out; the first refusal: ${said}.`;
}

function leftBehind(pods: number): string {
  if (pods === 0) return "";
  return ` ${pods} more ${pods === 1 ? "pod was" : "pods were"} left at MAX_PODS or the pull quota; ${pods === 1 ? "it retries by itself" : "they retry by themselves"}.`;
}
