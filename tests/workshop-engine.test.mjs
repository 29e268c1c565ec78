// What the workshop asks its worker for, and in which order, with a stand-in for the browser's worker.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./stand-in-files.mjs";
import { Workshop } from "../target/www/engine/workshop.js";

test("a photo that is being opened while the exercise is left is forgotten, too", async () => {
  const asked = [];
  globalThis.Worker = class {
    postMessage({ id, request }) {
      asked.push(request.kind);
      setTimeout(() => this.onmessage({ data: { id, type: "done", result: null } }));
    }
  };
  const workshop = new Workshop("blob:code");
  const opened = workshop.open(new Blob(["photo"]));
  await workshop.forget(); // As an exercise does that is left.
  await opened;
  assert.deepEqual(asked, ["forget", "open", "forget"]);
  delete globalThis.Worker;
});
