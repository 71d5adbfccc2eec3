/** One line for the log; `facts` hold no secret, and an `error` among them makes it a warning. */
export type Log = (message: string, facts: Readonly<Record<string, unknown>>) => void;
