// Looking for the person's own face in the other photos, without a browser: events in, state and effects out.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { SAME_PERSON_FROM } from "../target/www/model/likeness.js";
import { ask, canOpenAll, leftOut, opened, stepOnlyMe, toBeOpened } from "../target/www/model/only-me.js";
import { ownFace, regionsOf } from "../target/www/model/photo.js";
import { EMPTY, step } from "../target/www/model/session.js";

const face = (id) => ({ id, kind: "face", origin: "found", box: [20 * id, 20, 40, 50], score: 0.9, maybe: false, landmarks: null, cover: null, decision: "undecided", identifiability: null });
const report = (faces) => ({ schema: 2, width: 400, height: 300, regions: Array.from({ length: faces }, (_, index) => face(index + 1)), leaks: [], notes: [], not_checked: [] });
const before = { url: "blob:before", width: 40, height: 30 };
const ME = Float32Array.of(1, 0);
/** A vector of length 1 whose product with {@link ME} is that. */
const likeMe = (cosine) => Float32Array.of(cosine, Math.sqrt(1 - cosine ** 2));

/** A session with its photos under review and the state of the dialog, both fed as the page does it. */
class Play {
  session = EMPTY;
  state = null;
  effects = [];

  /** Photos with so many faces each; in the first one, the person left their own face open alone: the second. */
  constructor(...faces) {
    this.tell({ kind: "add", files: faces.map((_, index) => ({ file: index + 1, name: `${index}.jpg` })), refused: [] });
    faces.forEach((count, index) => this.tell({ kind: "checked", photo: index + 1, job: index + 1, report: report(count), before, leaked: [] }));
    this.change({ kind: "only", region: 2, decision: "open" });
    this.state = ask({ photo: 1, region: 2 });
  }

  tell(event) {
    this.session = step(this.session, event).state;
    if (this.state !== null) {
      this.do({ kind: "session" });
    }
    return this;
  }

  change(change, photo = 1) {
    return this.tell({ kind: "regions", photo, change });
  }

  do(event) {
    const { state, effects } = stepOnlyMe(this.state, event, this.session);
    this.state = state;
    for (const effect of effects) {
      this.effects.push(effect);
      if (effect.kind === "send") {
        this.tell(effect.command);
      }
    }
    return this;
  }

  recogniser(kind) {
    this.session = { ...this.session, recogniser: { kind } };
    return this.do({ kind: "session" });
  }

  get stage() {
    return this.state.stage;
  }

  get embeds() {
    return this.effects.filter(({ kind }) => kind === "embed");
  }

  /** Answers what was asked for last. */
  embedded(...embeddings) {
    const { job, regions } = this.embeds.at(-1);
    return this.do({ kind: "embedded", job, regions: regions.map(({ id }) => id), embeddings });
  }

  decision(photo, region) {
    return regionsOf(this.session.photos.find(({ id }) => id === photo)).find(({ id }) => id === region).decision;
  }
}

/** Two photos in which somebody looks like the person, and one in which nobody does. */
function found() {
  const play = new Play(2, 2, 1, 1).recogniser("on").do({ kind: "look" }).embedded(ME);
  return play.embedded(likeMe(0.5), likeMe(0.8)).embedded(likeMe(0.3)).embedded(likeMe(0.4));
}
const LOOKS_ALIKE = [{ photo: 2, region: 2 }, { photo: 4, region: 1 }];
const faces = ({ suggestions }) => suggestions.map(({ photo, region }) => ({ photo, region }));

test("faces count as one person's from the value on that the engine has", async () => {
  const source = await readFile(new URL("../src/recognition/recogniser.rs", import.meta.url), "utf8");
  assert.equal(SAME_PERSON_FROM, Number(source.match(/SAME_PERSON_FROM: f32 = ([\d.]+);/)[1]));
});

describe("the own face", () => {
  const own = (play) => ownFace(play.session.photos[0])?.id ?? null;

  test("is the one that alone was left open, until that is undone or it is covered", () => {
    const play = new Play(3, 1);
    assert.equal(own(play), 2);
    assert.equal(own(play.change({ kind: "undo" })), null);
    assert.equal(own(play.change({ kind: "redo" })), 2);
    assert.equal(own(play.change({ kind: "decide", regions: [2], decision: "cover" })), null);
  });

  test("is none that alone was covered", () => {
    assert.equal(own(new Play(3, 1).change({ kind: "only", region: 2, decision: "cover" })), null);
  });
});

describe("looking", () => {
  test("begins only once the person has switched the recogniser on and asks for it", () => {
    const play = new Play(2, 1).do({ kind: "look" }).recogniser("loading").do({ kind: "look" }).recogniser("on");
    assert.deepEqual([play.embeds.length, play.stage.kind], [0, "asking"]);
    play.do({ kind: "look" });
    assert.deepEqual(play.embeds.map(({ file, regions }) => [file, regions.map(({ id }) => id)]), [[1, [2]]]);
  });

  test("goes through one photo after the other, and tells how far it is", () => {
    const play = new Play(2, 2, 1).recogniser("on").do({ kind: "look" }).embedded(ME);
    assert.deepEqual([play.embeds.at(-1).file, play.stage.left, play.stage.all], [2, [2, 3], 2]);
    play.embedded(null, null);
    assert.deepEqual([play.embeds.at(-1).file, play.stage.left], [3, [3]]);
  });

  test("leaves out photos that are done or cannot be shown, and those without a face", () => {
    const play = new Play(2, 1, 1, 0, 1);
    play.session = { ...play.session, photos: play.session.photos.map((photo) => (photo.id === 2 ? { ...photo, before: null } : photo.id === 3 ? { ...photo, phase: { kind: "proved" } } : photo)) };
    play.recogniser("on").do({ kind: "look" });
    assert.deepEqual([play.stage.left, leftOut(play.session, play.state.own)], [[5], 2]);
  });

  test("suggests the most alike face of each photo in which one is alike enough", () => {
    assert.deepEqual(faces(found().stage), LOOKS_ALIKE);
    const play = new Play(2, 3).recogniser("on").do({ kind: "look" }).embedded(ME).embedded(likeMe(0.9), null, likeMe(0.5));
    assert.deepEqual(faces(play.stage), [{ photo: 2, region: 1 }]);
  });

  test("does not suggest what is open already", () => {
    const play = new Play(2, 1).change({ kind: "decide", regions: [1], decision: "open" }, 2);
    assert.deepEqual(play.recogniser("on").do({ kind: "look" }).embedded(ME).embedded(ME).stage.suggestions, []);
  });

  test("goes on after a photo that cannot be compared", () => {
    const play = new Play(2, 1, 1).recogniser("on").do({ kind: "look" }).embedded(ME);
    play.do({ kind: "not-embedded", job: play.embeds.at(-1).job, code: "memory" }).embedded(ME);
    assert.deepEqual([faces(play.stage), play.stage.failures], [[{ photo: 3, region: 1 }], 1]);
  });

  test("ends with a reason if the own face cannot be compared", () => {
    const start = () => new Play(2, 1).recogniser("on").do({ kind: "look" });
    assert.deepEqual(start().embedded(null).stage, { kind: "failed", code: null });
    const play = start();
    assert.deepEqual(play.do({ kind: "not-embedded", job: play.embeds[0].job, code: "crash" }).stage, { kind: "failed", code: "crash" });
  });

  test("stops when the person says so, and takes no late answer", () => {
    const play = new Play(2, 1).recogniser("on").do({ kind: "look" });
    const { job } = play.embeds[0];
    play.do({ kind: "stop" });
    assert.deepEqual([play.effects.at(-1), play.stage.kind], [{ kind: "stop", job }, "asking"]);
    assert.equal(play.do({ kind: "embedded", job, regions: [2], embeddings: [ME] }).stage.kind, "asking");
  });
});

describe("a suggestion", () => {
  test("opens nothing by itself", () => {
    const play = found();
    assert.deepEqual(play.effects.filter(({ kind }) => kind === "send"), []);
    assert.deepEqual([play.decision(2, 2), play.decision(4, 1)], ["undecided", "undecided"]);
  });

  test("is left open or kept covered by itself, and that is undone in its photo", () => {
    const play = found().do({ kind: "decide", decision: "open" }).do({ kind: "turn", by: 1 }).do({ kind: "decide", decision: "cover" });
    assert.deepEqual([play.decision(2, 2), play.decision(2, 1), play.decision(4, 1)], ["open", "undecided", "cover"]);
    assert.equal(play.change({ kind: "undo" }, 2).decision(2, 2), "undecided");
  });

  test("is left open together with the others only once all were shown", () => {
    const play = found().do({ kind: "open-all" });
    assert.deepEqual([canOpenAll(play.state), play.decision(2, 2)], [false, "undecided"]);
    play.do({ kind: "turn", by: 1 }).do({ kind: "open-all" });
    assert.deepEqual([play.decision(2, 2), play.decision(4, 1), play.decision(2, 1)], ["open", "open", "undecided"]);
  });

  test("that is to stay covered is not opened together with the others", () => {
    const play = found().do({ kind: "decide", decision: "cover" }).do({ kind: "turn", by: 1 }).do({ kind: "open-all" });
    assert.deepEqual([play.decision(2, 2), play.decision(4, 1)], ["cover", "open"]);
  });

  test("is covered again, together with all others that were left open", () => {
    const play = found().do({ kind: "turn", by: 1 }).do({ kind: "open-all" });
    assert.equal(opened(play.state, play.session).length, 2);
    play.do({ kind: "take-back" });
    assert.deepEqual([opened(play.state, play.session).length, toBeOpened(play.state, play.session).length], [0, 2]);
  });
});

describe("what was computed is forgotten", () => {
  test("once all photos are compared: then no embedding is kept, and no likeness", () => {
    assert.deepEqual(Object.keys(found().stage).sort(), ["at", "failures", "kind", "suggestions"]);
    assert.deepEqual(Object.keys(found().stage.suggestions[0]).sort(), ["isShown", "photo", "region"]);
  });

  test("when the recogniser is switched off, also while it works", () => {
    assert.deepEqual(found().recogniser("off").stage, { kind: "asking" });
    const play = new Play(2, 1).recogniser("on").do({ kind: "look" }).embedded(ME).recogniser("off");
    assert.deepEqual([play.stage, play.effects.at(-1).kind], [{ kind: "asking" }, "stop"]);
  });

  test("when a photo goes; the next one is shown instead", () => {
    const play = found().tell({ kind: "remove", photo: 2 });
    assert.deepEqual(play.stage.suggestions, [{ photo: 4, region: 1, isShown: true }]);
  });

  for (const [name, event] of [
    ["when the person starts over", { kind: "clear", sure: true }],
    ["when the photo with the own face goes", { kind: "remove", photo: 1 }],
    ["when the own face is covered again", { kind: "regions", photo: 1, change: { kind: "undo" } }],
  ]) {
    test(`altogether ${name}`, () => assert.equal(found().tell(event).state, null));
  }
});
