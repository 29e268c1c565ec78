// What becomes of photos, without a browser: events in, state and effects out.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { regionsOf } from "../target/www/model/photo.js";
import { isCovered, shownBox } from "../target/www/model/regions.js";
import { EMPTY, selectedPhoto, step } from "../target/www/model/session.js";

const COVER = { bounds: [10, 10, 60, 70], shape: "ellipse", ellipse: [40, 45, 30, 35, 0], polygon: null, brush: null, mask: null };
const face = (id, more) => ({ id, kind: "face", origin: "found", box: [20 * id, 20, 40, 50], score: 0.9, maybe: false, landmarks: null, cover: COVER, decision: "undecided", identifiability: null, ...more });
const report = (...regions) => ({ schema: 2, width: 400, height: 300, regions, leaks: [], notes: [], not_checked: [] });
const picture = (name) => ({ url: `blob:${name}`, width: 40, height: 30 });
const PROOF = { ok: true, checks: [], parts: [] };

/** Plays events; answers take the number of the last work of their photo unless they name one. */
class Play {
  session = EMPTY;
  effects = [];

  do(...events) {
    for (const event of events) {
      const { state, effects } = step(this.session, event);
      this.session = state;
      this.effects.push(...effects);
    }
    return this;
  }

  last(kind) {
    return this.effects.filter((effect) => effect.kind === kind).at(-1);
  }

  count(kind) {
    return this.effects.filter((effect) => effect.kind === kind).length;
  }

  answer(effect, event) {
    const { photo, job } = this.last(effect);
    return this.do({ photo, job, ...event });
  }

  change(change, photo = 1) {
    return this.do({ kind: "regions", photo, change });
  }

  add(...names) {
    return this.do({ kind: "add", files: names.map((name, index) => ({ file: index + 1, name })), refused: [] });
  }

  /** A photo under review. */
  review(...regions) {
    return this.add("a.jpg").answer("check", { kind: "checked", report: report(...regions), before: picture("before"), leaked: [] });
  }

  prove() {
    this.do({ kind: "protect", photo: 1 });
    return this.answer("protect", { kind: "protected", proof: PROOF, copy: { url: "blob:copy", name: "photo-1.jpg", bytes: 9, after: picture("after") } });
  }

  get photo() {
    return this.session.photos[0];
  }

  get decisions() {
    return regionsOf(this.photo).map(({ decision }) => decision);
  }

  get ids() {
    return regionsOf(this.photo).map(({ id }) => id);
  }
}

describe("photos", () => {
  test("the first is selected and all are checked", () => {
    const play = new Play().add("a.jpg", "b.jpg");
    assert.equal(selectedPhoto(play.session).name, "a.jpg");
    assert.equal(play.count("check"), 2);
  });

  test("what could not be taken in is refused", () => {
    const play = new Play().do({ kind: "add", files: [], refused: [{ name: "holiday", code: "folder-empty" }] });
    assert.deepEqual(play.session.refusals.map(({ name, code }) => [name, code]), [["holiday", "folder-empty"]]);
  });

  test("one that cannot be checked is refused, and can be tried again as another one", () => {
    const play = new Play().add("a.jpg").answer("check", { kind: "failed", code: "corrupt", report: null });
    assert.deepEqual([play.session.photos.length, play.session.refusals[0].code], [0, "corrupt"]);
    play.do({ kind: "retry", refusal: 1 });
    assert.deepEqual([play.photo.id, play.session.refusals.length, play.last("check").file], [2, 0, 1]);
    assert.equal(play.count("forget"), 0);
  });

  test("of a raw file the preview is opened if that is asked for, before it is checked again", () => {
    const play = new Play().add("a.nef").answer("check", { kind: "failed", code: "raw", report: null });
    const { effects } = play.do({ kind: "use-preview", refusal: 1 });
    assert.deepEqual(play.last("use-preview").file, 1);
    assert.deepEqual([play.photo.id, play.session.refusals.length, play.last("check").file], [2, 0, 1]);
    const kinds = (effects ?? play.effects).map(({ kind }) => kind);
    assert.ok(kinds.indexOf("use-preview") < kinds.lastIndexOf("check"));
  });

  test("a check that is cancelled takes the photo away and stops the work", () => {
    const play = new Play().add("a.jpg").do({ kind: "cancel", photo: 1 });
    assert.equal(play.session.photos.length, 0);
    assert.deepEqual([play.last("stop").job, play.last("forget").file], [1, 1]);
  });

  test("an answer that comes too late changes nothing", () => {
    const play = new Play().review(face(1)).do({ kind: "protect", photo: 1 });
    const { job } = play.last("protect");
    play.do({ kind: "cancel", photo: 1 });
    const before = play.session;
    play.do({ kind: "protected", photo: 1, job, proof: PROOF, copy: { url: "blob:late", name: "a", bytes: 9, after: null } });
    assert.equal(play.session, before);
    play.do({ kind: "progress", photo: 1, job, stage: "prove", fraction: 1 }, { kind: "failed", photo: 1, job, code: "crash", report: null });
    assert.equal(play.session, before);
  });

  test("starting over lets go of every picture and file", () => {
    const play = new Play().review(face(1)).prove().do({ kind: "clear", sure: true });
    assert.deepEqual([...play.last("release").urls].sort(), ["blob:after", "blob:before", "blob:copy"]);
    assert.deepEqual([play.last("forget").file, play.session.photos.length], [1, 0]);
  });
});

describe("a copy", () => {
  test("is made of what was decided, and says what that was", () => {
    const play = new Play().review(face(1), face(2)).change({ kind: "decide", regions: [2], decision: "open" }).prove();
    assert.deepEqual(play.last("protect").regions.map(({ decision }) => decision), ["undecided", "open"]);
    assert.equal(play.photo.phase.outcome.covered, 1);
    assert.deepEqual(play.photo.phase.outcome.openFaces.map(({ id }) => id), [2]);
  });

  for (const [name, event] of [
    ["when its photo is reopened", { kind: "reopen", photo: 1 }],
    ["when it is made again", { kind: "protect", photo: 1 }],
    ["when a region is changed", { kind: "regions", photo: 1, change: { kind: "decide", regions: [1], decision: "open" } }],
    ["when a change is undone", { kind: "regions", photo: 1, change: { kind: "undo" } }],
  ]) {
    test(`is dropped ${name}`, () => {
      const play = new Play().review(face(1)).change({ kind: "add", box: [0, 0, 30, 30] }).prove().do(event);
      assert.notEqual(play.photo.phase.kind, "proved");
      assert.deepEqual(play.last("release").urls, ["blob:copy", "blob:after"]);
    });
  }

  test("nothing is decided while it is made", () => {
    const play = new Play().review(face(1)).do({ kind: "protect", photo: 1 });
    const before = play.session;
    play.change({ kind: "decide", regions: [1], decision: "open" });
    assert.equal(play.session, before);
  });

  test("that fails its proof leaves nothing to save, and its failure keeps the decisions", () => {
    const play = new Play().review(face(1)).change({ kind: "decide", regions: [1], decision: "open" }).do({ kind: "protect", photo: 1 });
    play.answer("protect", { kind: "protected", proof: { ...PROOF, ok: false }, copy: null });
    assert.equal(play.photo.phase.kind, "unproved");
    play.do({ kind: "save-all", to: "zip" }, { kind: "share", photos: [1] });
    assert.deepEqual([play.count("save"), play.last("share").copies, play.decisions], [0, [], ["open"]]);
  });
});

describe("regions", () => {
  const scripts = {
    "opening and covering": [{ kind: "decide", regions: [1, 2], decision: "open" }, { kind: "decide", regions: [2], decision: "cover" }],
    "adding, moving and removing": [{ kind: "add", box: [0, 0, 30, 30] }, { kind: "reshape", region: 3, box: [5, 5, 30, 30] }, { kind: "reshape", region: 1, box: [9, 9, 20, 20] }, { kind: "remove", region: 3 }],
    "what a check points at": [{ kind: "propose", boxes: [[200, 200, 30, 30], [250, 250, 20, 20]], decision: "cover" }, { kind: "propose", boxes: [[200, 200, 30, 30]], decision: "open" }],
  };
  for (const [name, changes] of Object.entries(scripts)) {
    test(`${name}: undoing all leads to the start, doing all again to the end`, () => {
      const play = new Play().review(face(1), face(2));
      const start = regionsOf(play.photo);
      for (const change of changes) play.change(change);
      const end = regionsOf(play.photo);
      for (const _ of changes) play.change({ kind: "undo" });
      assert.deepEqual(regionsOf(play.photo), start);
      for (const _ of changes) play.change({ kind: "redo" });
      assert.deepEqual(regionsOf(play.photo), end);
    });
  }

  test("an id is never used again, also after an undo", () => {
    const play = new Play().review(face(1)).change({ kind: "add", box: null }).change({ kind: "undo" }).change({ kind: "add", box: null });
    assert.deepEqual(play.ids, [1, 3]);
  });

  test("a new area is adjusted until it is gone", () => {
    const play = new Play().review(face(1)).change({ kind: "add", box: null });
    assert.deepEqual([play.photo.adjusted, play.last("announce").words.what], [2, "area-added"]);
    assert.equal(play.change({ kind: "undo" }).photo.adjusted, null);
  });

  test("nudges in a row are undone at once", () => {
    const play = new Play().review(face(1));
    for (const [at, x] of [[0, 11], [300, 12], [600, 13]]) play.change({ kind: "reshape", region: 1, box: [x, 10, 60, 70], at });
    assert.deepEqual(shownBox(regionsOf(play.photo)[0]), [13, 10, 60, 70]);
    assert.deepEqual(shownBox(regionsOf(play.change({ kind: "undo" }).photo)[0]), COVER.bounds);
  });

  test("a box that a check points at twice is one region", () => {
    const propose = (decision) => ({ kind: "propose", boxes: [[200, 200, 30, 30]], decision });
    const play = new Play().review(face(1)).change(propose("cover")).change(propose("open"));
    assert.deepEqual([play.ids, play.decisions], [[1, 2], ["undecided", "open"]]);
  });
});

describe("a thorough search", () => {
  const on = (play) => play.do({ kind: "switch", feature: "thorough", wanted: true });
  const loaded = (play) => play.do({ kind: "loaded", feature: "thorough", job: play.last("prepare").job });
  const searched = (play, ...regions) => loaded(on(play)).answer("search", { kind: "searched", report: report(...regions) });

  test("keeps what was decided, adds what is new, and makes uncertain or drops what it did not detect again", () => {
    const play = new Play().review(face(1), face(2, { box: [200, 20, 40, 50] }), face(3, { box: [300, 20, 40, 50], maybe: true }));
    play.change({ kind: "decide", regions: [1], decision: "open" });
    searched(play, face(1), face(2, { box: [20, 200, 40, 50] }));
    assert.deepEqual([play.ids, play.decisions], [[1, 2, 4], ["open", "undecided", "undecided"]]);
    assert.deepEqual(regionsOf(play.photo).map(({ maybe }) => maybe), [false, true, false]);
    assert.deepEqual(play.photo.thorough, { added: 1, dropped: 1 });
  });

  test("no undo takes away what it has found", () => {
    const play = new Play().review(face(1)).change({ kind: "decide", regions: [1], decision: "open" });
    searched(play, face(1), face(2, { box: [200, 20, 40, 50] })).change({ kind: "undo" });
    assert.equal(regionsOf(play.photo).filter(isCovered).length, 1);
    assert.deepEqual(play.ids, [1, 2]);
  });

  test("that fails leaves everything as it was and says why", () => {
    const play = loaded(on(new Play().review(face(1)))).answer("search", { kind: "failed", code: "crash", report: null });
    assert.deepEqual([play.photo.phase.kind, play.photo.searchFailure, play.ids], ["review", "crash", [1]]);
  });

  test("switched off, it ends searches that are under way", () => {
    const play = loaded(on(new Play().review(face(1)))).do({ kind: "switch", feature: "thorough", wanted: false });
    assert.deepEqual([play.photo.phase.kind, play.last("stop").job], ["review", play.last("search").job]);
  });

  test("makes the copy's check as thorough", () => {
    const play = searched(new Play().review(face(1)), face(1)).do({ kind: "protect", photo: 1 });
    assert.equal(play.last("protect").thorough, true);
  });

  test("is made of photos that are added later, too", () => {
    const play = loaded(on(new Play())).review(face(1));
    assert.equal(play.last("search").photo, 1);
  });
});

describe("the recogniser", () => {
  const on = (play) => {
    play.do({ kind: "switch", feature: "recogniser", wanted: true });
    return play.do({ kind: "loaded", feature: "recogniser", job: play.last("prepare").job });
  };
  const LIKELY = { level: "likely", score: 0.9, inter_eye_px: 40, reasons: ["recogniser"] };

  test("is shown found faces only, and only once", () => {
    const play = on(new Play().review(face(1)).change({ kind: "add", box: null }));
    assert.deepEqual(play.last("recognise").regions.map(({ id }) => id), [1]);
    play.answer("recognise", { kind: "recognised", regions: [1], identifiability: [LIKELY] });
    assert.deepEqual(play.photo.recognised, { 1: LIKELY });
    play.do({ kind: "switch", feature: "recogniser", wanted: true }, { kind: "loaded", feature: "recogniser", job: play.last("prepare").job });
    assert.equal(play.count("recognise"), 1);
  });

  test("switched off, it is forgotten and stopped", () => {
    const play = on(new Play().review(face(1))).do({ kind: "switch", feature: "recogniser", wanted: false });
    assert.deepEqual([play.photo.recognised, play.photo.recognition, play.last("stop").job], [{}, { kind: "none" }, play.last("recognise").job]);
  });
});

describe("the preview of the covers", () => {
  const drawing = (name) => ({ samples: new Uint8ClampedArray(4), width: 1, height: 1, name });
  const shown = ({ session }) => session.preview?.drawing?.name;
  const draw = (play, name, job = play.last("draw-covers").job) => play.do({ kind: "drawn", photo: 1, job, drawing: name && drawing(name) });

  test("is drawn from the small picture once a person can decide", () => {
    const play = new Play().review(face(1), face(2));
    const { picture: url, size, regions, style } = play.last("draw-covers");
    assert.deepEqual({ url, size, style }, { url: "blob:before", size: { width: 400, height: 300 }, style: { method: "soft" } });
    assert.deepEqual(regions.map(({ cover }) => cover), [COVER, COVER]);
    assert.equal(shown(draw(play, "first")), "first");
  });

  for (const [name, ...events] of [
    ["a decision", { kind: "regions", photo: 1, change: { kind: "decide", regions: [1], decision: "open" } }],
    ["a new shape", { kind: "regions", photo: 1, change: { kind: "reshape", region: 1, box: [9, 9, 20, 20] } }],
    ["a new area", { kind: "regions", photo: 1, change: { kind: "add", box: null } }],
    ["another method", { kind: "set-method", method: "mosaic" }],
    ["another colour", { kind: "set-method", method: "solid" }, { kind: "set-colour", colour: "ff0000" }],
    ["another emblem", { kind: "set-method", method: "sticker" }, { kind: "set-sticker", sticker: "cat" }],
  ]) {
    test(`${name} leads to one drawing each, and what was shown stays until it is there`, () => {
      const play = draw(new Play().review(face(1), face(2)), "first").do(...events);
      assert.equal(play.count("draw-covers"), 1 + events.length);
      assert.equal(shown(play), "first");
      assert.equal(shown(draw(play, "second")), "second");
    });
  }

  test("the method's own settings are asked for, and no others", () => {
    const play = new Play().review(face(1)).do({ kind: "set-colour", colour: "ff0000" }, { kind: "set-sticker", sticker: "cat" });
    assert.equal(play.count("draw-covers"), 1);
    const style = (method) => play.do({ kind: "set-method", method }).last("draw-covers").style;
    assert.deepEqual(style("solid"), { method: "solid", colour: "ff0000" });
    assert.deepEqual(style("sticker"), { method: "sticker", sticker: "cat" });
    assert.deepEqual(style("mosaic"), { method: "mosaic" });
  });

  test("a copy is made with the same settings", () => {
    const play = new Play().review(face(1)).do({ kind: "set-method", method: "solid" }, { kind: "set-colour", colour: "ff0000" }, { kind: "protect", photo: 1 });
    assert.deepEqual(play.last("protect").style, play.last("draw-covers").style);
  });

  test("only photos that tell their camera by how they are compressed are compressed again, and only if that is wanted", () => {
    const protect = (leaks, wanted) => {
      const play = new Play().add("a.jpg");
      play.answer("check", { kind: "checked", report: { ...report(face(1)), leaks }, before: picture("before"), leaked: [] });
      return play.do(...wanted.map((each) => ({ kind: "set-recompress", wanted: each })), { kind: "protect", photo: 1 }).last("protect").recompress;
    };
    const coding = [{ kind: "camera" }, { kind: "coding" }];
    assert.deepEqual([protect(coding, []), protect(coding, [true]), protect(coding, [true, false])], [false, true, false]);
    assert.equal(protect([{ kind: "camera" }], [true]), false);
  });

  test("what changes nothing about the covers draws nothing", () => {
    const play = new Play().review(face(1)).do({ kind: "adjust", photo: 1, region: 1 }, { kind: "adjust", photo: 1, region: null });
    play.do({ kind: "set-method", method: "soft" }, { kind: "switch", feature: "recogniser", wanted: true }, { kind: "select", photo: 1 });
    assert.equal(play.count("draw-covers"), 1);
  });

  test("while changes go on, what was drawn meanwhile is shown, but never after something later", () => {
    const play = new Play().review(face(1));
    const jobs = ["solid", "mosaic", "sticker"].map((method) => play.do({ kind: "set-method", method }).last("draw-covers").job);
    assert.equal(shown(draw(play, "solid", jobs[0])), "solid");
    assert.equal(shown(draw(play, "sticker", jobs[2])), "sticker");
    assert.equal(shown(draw(play, "mosaic", jobs[1])), "sticker");
  });

  test("if it fails, there is none, until a later one is drawn", () => {
    const play = draw(new Play().review(face(1)), "first").do({ kind: "set-method", method: "solid" });
    draw(play, null);
    assert.deepEqual([play.session.preview.drawing, play.session.preview.failed], [null, true]);
    draw(play.do({ kind: "set-method", method: "mosaic" }), "again");
    assert.deepEqual([shown(play), play.session.preview.failed], ["again", false]);
  });

  test("one that failed is of no interest once another was asked for", () => {
    const play = draw(new Play().review(face(1)), "first").do({ kind: "set-method", method: "solid" });
    const { job } = play.last("draw-covers");
    draw(play.do({ kind: "set-method", method: "mosaic" }), null, job);
    assert.deepEqual([shown(play), play.session.preview.failed], ["first", false]);
  });

  test("with nothing covered there is nothing to draw", () => {
    const play = draw(new Play().review(face(1)), "first");
    const { job } = play.do({ kind: "set-method", method: "solid" }).last("draw-covers");
    play.change({ kind: "decide", regions: [1], decision: "open" });
    assert.equal(play.count("draw-covers"), 2);
    assert.deepEqual([play.session.preview.drawing, play.session.preview.failed], [null, false]);
    assert.equal(shown(draw(play, "late", job)), undefined);
  });

  test("is of the selected photo alone", () => {
    const play = new Play().add("a.jpg", "b.jpg");
    const check = (photo, name) => {
      const { job } = play.effects.find((effect) => effect.kind === "check" && effect.photo === photo);
      play.do({ kind: "checked", photo, job, report: report(face(1)), before: picture(name), leaked: [] });
    };
    check(2, "second");
    assert.equal(play.count("draw-covers"), 0);
    check(1, "first");
    const { job } = play.last("draw-covers");
    play.do({ kind: "select", photo: 2 });
    assert.deepEqual([play.count("draw-covers"), play.last("draw-covers").picture], [2, "blob:second"]);
    assert.equal(shown(draw(play, "late", job)), undefined);
    play.do({ kind: "select", photo: 1 });
    assert.equal(shown(draw(play, "late", job)), undefined);
  });

  test("goes while a copy is made, and is drawn again when the covers are changed", () => {
    const play = draw(new Play().review(face(1)), "first").prove();
    assert.equal(play.session.preview, null);
    play.do({ kind: "reopen", photo: 1 });
    assert.equal(play.count("draw-covers"), 2);
  });
});
