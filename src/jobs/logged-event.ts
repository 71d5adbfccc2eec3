// One line of a job's audit trail.
export type LoggedEvent = {
  at: number;
  job: string | null;
  what: string;
  by: string;
  detail: string;
};

/** What the trail says when a person asks for an undo. */
export const UNDO_ASKED = "undo asked";
