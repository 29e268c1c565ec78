// Waiting for something that can only be asked for.

import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 50;

/** Asks again and again until the answer is true. */
export async function poll(ask, timeout, what) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`timed out after ${timeout} ms waiting for ${what}`);
    await sleep(POLL_MS);
  }
}
