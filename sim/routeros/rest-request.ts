// A request and its answer, as the simulated router's parts hand them on.
import type { Reply } from "./errors.ts";

export type RestRequest = {
  readonly method: string;
  /** As sent, undecoded, with the query. */
  readonly path: string;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  /** The client's address. */
  readonly from: string;
  readonly text: string;
};
/** `close`: the connection is cut in place of a reply. */
export type Answer = Reply | "close";
