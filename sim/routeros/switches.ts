// Behaviour of the real router that nobody wrote down for certain, each as a switch.
import { notFound, refusal, type Reply } from "./errors.ts";

export type Switches = {
  /** S15: `place-before` with a position that the table does not have. */
  readonly placeBeforeNowhere: "400" | "404";
  /** S16: `place-before` (or a move) with an `.id` that the table does not have. */
  readonly placeBeforeUnknown: "400" | "404" | "append";
  /** S15, S28: placing before, changing and deleting dynamic rows. */
  readonly dynamicRows: "refused" | "allowed";
  /** S19: what stands before `ports can be specified …`. */
  readonly portsPrefix: "failure: " | "";
  /** S20: the words for an address that is none, with the argument's name after them. */
  readonly badAddress:
    | "invalid value for argument"
    | "invalid value of address, prefix expected for";
  /** S21: the words for a rule without a chain. */
  readonly missingChain: "missing =chain=" | "missing value(s) of argument(s) chain";
  /** How `tcp-flags` reads back. */
  readonly tcpFlags: "as-written" | "sorted";
  /** S90: how `passthrough` of a mangle rule reads back; `yes` is what a rule has without it. */
  readonly passthrough: "as-written" | "boolean" | "left-out";
  /** S53: DELETE by a user without `write`. */
  readonly deleteWithoutWrite: "400" | "500";
  /** S24: PATCH of an `.id` that the table does not have. */
  readonly patchUnknown: "400" | "404";
  /** S42: host bits of a prefix in an address list. */
  readonly listHostBits: "masked" | "kept";
  /** S43: PATCH of `timeout` on a timed list entry. */
  readonly listTimeoutPatch: "allowed" | "refused";
  /** S44: a DNS name shows its answers as dynamic rows, or is shown alone. */
  readonly listNames: "with-answers" | "alone";
  /** S44: `timeout` together with a DNS name. */
  readonly listNameTimeout: "allowed" | "refused";
  /** S64: the `.id`s of static rows after a reboot. */
  readonly idsAfterReboot: "kept" | "renumbered";
  /** S80: a fetch that was answered 401. */
  readonly fetchRefused: "failure" | "finished";
  /** S80: a fetch whose TLS handshake stalls. */
  readonly fetchStalled: "failure" | "failed-record";
};

export const usualSwitches: Switches = {
  placeBeforeNowhere: "400",
  placeBeforeUnknown: "400",
  dynamicRows: "refused",
  portsPrefix: "failure: ",
  badAddress: "invalid value for argument",
  missingChain: "missing =chain=",
  tcpFlags: "as-written",
  passthrough: "as-written",
  deleteWithoutWrite: "400",
  patchUnknown: "404",
  listHostBits: "masked",
  listTimeoutPatch: "allowed",
  listNames: "with-answers",
  listNameTimeout: "allowed",
  idsAfterReboot: "kept",
  fetchRefused: "failure",
  fetchStalled: "failure",
};

/** The reply for a row that is not there. */
export function noSuchItem(status: "400" | "404"): Reply {
  return status === "404" ? notFound : refusal(400, "no such item");
}

export const noIdentifier = refusal(400, "missing or invalid resource identifier");
export const noPermission = refusal(500, "not enough permissions (9)");
