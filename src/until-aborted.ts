// Waiting that another part of the program can end.

/** Resolves as the promise does, or with undefined once `stop` is aborted. */
export async function untilAborted<T>(promise: Promise<T>, stop: AbortSignal): Promise<T | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const giveUp = (): void => resolve(undefined);
  stop.addEventListener('abort', giveUp, { once: true });
  if (stop.aborted) giveUp();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stop.removeEventListener('abort', giveUp);
  }
}
