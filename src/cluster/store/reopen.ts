// Storage that could not be written stays so for the object that opened it: workerd keeps the file as it
// was opened, also when the disk is writable again. A new object opens it anew.

/** What SQLite says of a disk that is read-only, full, away or at fault. */
const DISK_FAULT = /SQLITE_(READONLY|FULL|IOERR|CANTOPEN|CORRUPT|NOTADB)/;

/** Runs the step. If the disk fails, that is thrown, and the object ends: the next call has a new one. */
export async function reopenAfterFault<T>(
  ctx: DurableObjectState,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    if (cause instanceof Error && DISK_FAULT.test(cause.message)) ctx.abort(cause.message);
    throw cause;
  }
}
