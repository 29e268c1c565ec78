// The queue in front of the workers, with a stand-in for the browser's workers.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { afterEach, beforeEach, test } from "node:test";
import "./stand-in-files.mjs";
import { LazyNetworks } from "../target/www/engine/internal/lazy-networks.js";
import { WorkerPool } from "../target/www/engine/internal/worker-pool.js";

const FILE = { name: "a.jpg", size: 1 };
const CHECK = { kind: "check", file: FILE, options: {} };

/** Answers everything at once, but a check only when `finish` is called. */
class StandIn {
  static all = [];
  ended = false;

  constructor() {
    StandIn.all.push(this);
    queueMicrotask(() => this.onmessage?.({ data: { type: "loaded", lock: null } }));
  }

  postMessage(message) {
    this.module ??= message.assets?.module;
    if (message.kind === "check") {
      this.finish = () => this.#reply(message.kind);
    } else {
      queueMicrotask(() => this.#reply(message.kind));
    }
  }

  terminate() {
    this.ended = true;
  }

  #reply(kind) {
    this.onmessage({ data: { type: "done", result: { kind }, memory: 0 } });
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const listeners = ({ signal }) => getEventListeners(signal, "abort").length;

let pool;
beforeEach(() => {
  globalThis.Worker = StandIn;
  StandIn.all = [];
  pool = new WorkerPool(Promise.resolve({}), "blob:code", 1);
});
afterEach(() => {
  pool.dispose();
  delete globalThis.Worker;
});

test("a signal is listened to no longer once its job is done", async () => {
  const controller = new AbortController();
  const jobs = [1, 2, 3].map(() => pool.run(CHECK, { signal: controller.signal }));
  assert.equal(listeners(controller), 3);
  for (let count = 0; count < jobs.length; count += 1) {
    await settled();
    StandIn.all[0].finish();
  }
  await Promise.all(jobs);
  assert.equal(listeners(controller), 0);
});

test("a signal is listened to no longer once its waiting job has been withdrawn", async () => {
  const running = pool.run(CHECK, {});
  const controller = new AbortController();
  const waiting = pool.run(CHECK, { signal: controller.signal });
  controller.abort();
  await assert.rejects(waiting, { code: "aborted" });
  assert.equal(listeners(controller), 0);
  await settled();
  StandIn.all[0].finish();
  await running;
});

test("an aborted job ends its worker, and the next job has a new one", async () => {
  const controller = new AbortController();
  const first = pool.run(CHECK, { signal: controller.signal });
  await settled();
  controller.abort();
  await assert.rejects(first, { code: "aborted" });
  const second = pool.run(CHECK, {});
  await settled();
  assert.equal(StandIn.all.length, 2);
  StandIn.all[1].finish();
  await second;
});

test("a new module: idle workers are replaced at once, one that works once it has finished", async () => {
  pool.dispose();
  StandIn.all = [];
  pool = new WorkerPool(Promise.resolve({ module: "old" }), "blob:code", 2);
  const first = pool.run(CHECK, {});
  await settled();
  pool.useModule("new");
  pool.useModule("new");
  const [working, idle, instead] = StandIn.all;
  assert.equal(StandIn.all.length, 3);
  assert.deepEqual([working.ended, idle.ended], [false, true]);
  working.finish();
  await first;
  assert.equal(working.ended, true);
  const second = pool.run(CHECK, {});
  await settled();
  assert.equal(instead.module, "new");
  instead.finish();
  await second;
});

test("a signal is listened to no longer once what it waited for has been fetched", async (t) => {
  t.mock.method(globalThis, "fetch", () => Promise.resolve(new Response(new Uint8Array(4))));
  const controller = new AbortController();
  const networks = new LazyNetworks(new URL("http://localhost/"), [{ family: "a", path: "a", bytes: 4, sha256: "df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119" }]);
  await networks.load({ signal: controller.signal });
  assert.equal(listeners(controller), 0);
});

test("a worker that decodes for longer than it said is ended, and the next job has a new one", async () => {
  const slow = pool.run(CHECK, {});
  await settled();
  const [worker] = StandIn.all;
  worker.onmessage({ data: { type: "limit", ms: 5 } });
  worker.onmessage({ data: { type: "limit", ms: null } });
  worker.onmessage({ data: { type: "limit", ms: 20 } });
  await assert.rejects(slow, { code: "corrupt" });
  assert.equal(worker.ended, true);
  const next = pool.run(CHECK, {});
  await settled();
  await settled();
  StandIn.all[1].finish();
  await next;
});

test("a worker that has decoded in time is not ended", async () => {
  const quick = pool.run(CHECK, {});
  await settled();
  const [worker] = StandIn.all;
  worker.onmessage({ data: { type: "limit", ms: 5 } });
  worker.onmessage({ data: { type: "limit", ms: null } });
  await new Promise((resolve) => setTimeout(resolve, 20));
  worker.finish();
  await quick;
  assert.equal(worker.ended, false);
});
