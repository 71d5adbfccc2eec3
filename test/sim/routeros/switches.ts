// Behaviour of the real router that nobody wrote down for certain, each as a switch.
import { notFound, refusal, type Reply } from "./errors.ts";

export type Switches = {
  /** `place-before` with a position that the table does not have. */
  readonly placeBeforeNowhere: "400" | "404";
  /** `place-before` (or a move) with an `.id` that the table does not have. */
  readonly placeBeforeUnknown: "400" | "404" | "append";
  /** Placing before, changing and deleting dynamic rows. */
  readonly dynamicRows: "refused" | "allowed";
  /** DELETE by a user without `write`. */
  readonly deleteWithoutWrite: "400" | "500";
  /** PATCH of an `.id` that the table does not have. */
  readonly patchUnknown: "400" | "404";
};

export const usualSwitches: Switches = {
  placeBeforeNowhere: "400",
  placeBeforeUnknown: "400",
  dynamicRows: "refused",
  deleteWithoutWrite: "400",
  patchUnknown: "404",
};

/** The reply for a row that is not there. */
export function noSuchItem(status: "400" | "404"): Reply {
  return status === "404" ? notFound : refusal(400, "no such item");
}

export const noIdentifier = refusal(400, "missing or invalid resource identifier");
export const noPermission = refusal(500, "not enough permissions (9)");
