// Previews of covers: one at a time, and of those that wait the latest only. With workers that are stand-ins.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Painter } from "../target/www/engine/internal/painter.js";

const request = (name) => ({ kind: "preview-covers", name });

/** Answers everything at once, but a preview only when `finish` is called. */
class StandIn {
  static all = [];
  drawn = [];

  constructor() {
    StandIn.all.push(this);
    queueMicrotask(() => this.onmessage?.({ data: { type: "loaded", lock: null } }));
  }

  postMessage({ kind, name }) {
    const reply = (data) => this.onmessage({ data });
    if (kind === "preview-covers") {
      this.drawn.push(name);
      this.finish = () => reply({ type: "done", result: { kind, drawing: name }, memory: 0 });
      this.crash = () => reply({ type: "failed", code: "crash", message: "", report: null, fatal: true });
    } else {
      queueMicrotask(() => reply({ type: "done", result: { kind }, memory: 0 }));
    }
  }

  terminate() {}
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

let painter;
beforeEach(() => {
  globalThis.Worker = StandIn;
  StandIn.all = [];
  painter = new Painter(Promise.resolve({}), "blob:code");
});
afterEach(() => {
  delete globalThis.Worker;
});

test("no worker is started before the first preview", async () => {
  assert.equal(StandIn.all.length, 0);
  const first = painter.draw(request("a"));
  await settled();
  StandIn.all[0].finish();
  assert.equal(await first, "a");
});

test("while one is drawn, only the latest of the others is kept", async () => {
  const [first, second, third] = ["a", "b", "c"].map((name) => painter.draw(request(name)));
  await assert.rejects(second, { code: "aborted" });
  await settled();
  StandIn.all[0].finish();
  assert.equal(await first, "a");
  await settled();
  StandIn.all[0].finish();
  assert.equal(await third, "c");
  assert.deepEqual(StandIn.all[0].drawn, ["a", "c"]);
});

test("after a crash the next one has a new worker", async () => {
  const [first, second] = ["a", "b"].map((name) => painter.draw(request(name)));
  await settled();
  StandIn.all[0].crash();
  await assert.rejects(first, { code: "crash" });
  await settled();
  StandIn.all[1].finish();
  assert.equal(await second, "b");
});

test("nothing is drawn after the end", async () => {
  const [first, second] = ["a", "b"].map((name) => painter.draw(request(name)));
  await settled();
  const end = Object.assign(new Error("over"), { code: "disposed" });
  painter.dispose(end);
  await assert.rejects(first, end);
  await assert.rejects(second, end);
  await assert.rejects(painter.draw(request("c")), end);
  assert.equal(StandIn.all.length, 1);
});
