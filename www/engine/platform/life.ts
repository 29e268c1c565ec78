/**
 * Takes a lock and keeps it until this worker ends, in whatever way that happens. Whoever waits for the lock sees it then.
 *
 * @returns its name; null where there are no locks: on pages that came unencrypted, and on those opened from a file
 */
export function holdLock(): Promise<string | null> {
  const locks = navigator.locks as LockManager | undefined;
  if (locks === undefined) {
    return Promise.resolve(null);
  }
  const name = crypto.randomUUID();
  return new Promise((resolve) => {
    const held = locks.request(name, () => {
      resolve(name);
      return new Promise(() => undefined);
    });
    held.catch(() => resolve(null));
  });
}
