// Asking another process over Node IPC: `{id, …}` is answered by `{id, answer}` or `{id, error}`.

export type Asking = {
  /** Rejects with the other side's error, when time is up, or when the other side is gone. */
  ask(question: object, timeoutMs: number): Promise<unknown>;
  /** Whether the message was an answer to a question of ours. */
  accept(message: unknown): boolean;
  /** No answer will come any more. */
  fail(why: string): void;
};

type Waiting = {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
};

export function asking(send: (message: object) => void): Asking {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let gone: string | null = null;
  return {
    ask: (question, timeoutMs) =>
      new Promise((resolve, reject) => {
        if (gone !== null) return reject(new Error(gone));
        const id = ++last;
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(id);
        };
        const late = `no answer in ${timeoutMs} ms to ${JSON.stringify(question).slice(0, 200)}`;
        const timer = setTimeout(() => {
          end();
          reject(new Error(late));
        }, timeoutMs);
        waiting.set(id, {
          resolve: (answer) => {
            end();
            resolve(answer);
          },
          reject: (error) => {
            end();
            reject(error);
          },
        });
        send({ ...question, id });
      }),
    accept: (message) => {
      const { id, answer, error } = message as { id?: number; answer?: unknown; error?: string };
      const asked = id === undefined ? undefined : waiting.get(id);
      if (error === undefined) asked?.resolve(answer);
      else asked?.reject(new Error(error));
      return asked !== undefined;
    },
    fail: (why) => {
      gone = why;
      for (const { reject } of waiting.values()) reject(new Error(why));
    },
  };
}

/**
 * This process answers what its parent asks, until the parent is gone; then it exits. What was asked
 * before this call has waited for it. Messages without an id are left to others.
 */
export function answerParent<Question>(
  answer: (question: Question) => Promise<unknown>,
  parentGone = (): void => process.exit(),
): void {
  const respond = async (question: Question & { readonly id: number }): Promise<void> => {
    const { id } = question;
    const reply = await answer(question).then(
      (said) => ({ id, answer: said }),
      (error: unknown) => ({ id, error: error instanceof Error ? error.message : String(error) }),
    );
    if (process.connected) process.send?.(reply);
  };
  process.on("message", (message: Question & { readonly id?: number }) => {
    if (typeof message.id === "number") void respond({ ...message, id: message.id });
  });
  if (process.connected) process.once("disconnect", parentGone);
  else parentGone();
}
