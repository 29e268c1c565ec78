/** What the page requests, as the browser reports it. */

/**
 * Calls `report` with the address of every request that left this device, from now on. What the service worker answers, or the
 * browser's own cache, transfers no bytes: what the service worker has asked the server for, it says itself. Of other servers browsers
 * report no bytes for any request, so each counts.
 */
export function watchRequests(report: (address: string) => void): void {
  const since = performance.now();
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      const { origin, protocol } = new URL(entry.name);
      const isAnsweredHere = origin === location.origin && entry.transferSize === 0;
      if (entry.startTime >= since && protocol.startsWith("http") && !isAnsweredHere) {
        report(entry.name);
      }
    }
  });
  observer.observe({ type: "resource", buffered: true });
}
