// Many photos, without a browser: the order of work, what can be saved and what may be lost, and what each gives away.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pictureOfCopy, regionsOf } from "../target/www/model/photo.js";
import { progressOf } from "../target/www/model/queue.js";
import { unsaved } from "../target/www/model/saving.js";
import { EMPTY, step, undone } from "../target/www/model/session.js";
import { givenAway, nextToLookAt, standingOf } from "../target/www/model/standing.js";

const face = (id, more) => ({ id, kind: "face", origin: "found", box: [50 * id, 20, 40, 50], score: 0.9, maybe: false, landmarks: null, cover: null, decision: "undecided", identifiability: null, ...more });
const leak = (kind) => ({ kind, severity: "high", where: "", bytes: [0, 1], value: "", words: null, faces: null });
const report = (regions = [], more) => ({ schema: 2, width: 400, height: 300, regions, leaks: [], notes: [], not_checked: [], skipped: { tiles: 0, frames: 0 }, ...more });
const picture = (name) => ({ url: `blob:${name}`, width: 40, height: 30 });
const PROOF = { ok: true, checks: [], parts: [] };
const isWork = ({ kind }) => ["check", "search", "protect"].includes(kind);

/** What the work gives, and how many milliseconds of the processor it took, whatever else the machine is doing. */
function timed(work) {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return [result, (user + system) / 1000];
}

/** Plays events. The engine is this test: `finish` answers the oldest work that it was asked for. */
class Play {
  session = EMPTY;
  effects = [];
  begun = [];

  do(...events) {
    for (const event of events) {
      const { state, effects } = step(this.session, event);
      this.session = state;
      this.effects.push(...effects);
      this.begun.push(...effects.filter(isWork));
      const stopped = effects.filter(({ kind }) => kind === "stop").map(({ job }) => job);
      this.begun = this.begun.filter(({ job }) => !stopped.includes(job));
    }
    return this;
  }

  of(kind) {
    return this.effects.filter((effect) => effect.kind === kind);
  }

  add(count, from = 1) {
    const files = Array.from({ length: count }, (_, index) => ({ file: from + index, name: `${from + index}.jpg` }));
    return this.do({ kind: "add", files, refused: [] });
  }

  /** `found`: of each photo by its number. */
  finish(count = Infinity, found = () => [face(1)]) {
    for (let done = 0; done < count && this.begun.length > 0; done += 1) {
      const { kind, photo, job } = this.begun.shift();
      const copy = { url: `blob:copy-${photo}`, name: `photo-${photo}.jpg`, bytes: 5, after: picture(`after-${photo}`) };
      this.do(
        kind === "protect"
          ? { kind: "protected", photo, job, proof: PROOF, copy }
          : { kind: kind === "check" ? "checked" : "searched", photo, job, report: report(found(photo)), before: picture(`before-${photo}`), leaked: [] },
      );
    }
    return this;
  }

  photo(id) {
    return this.session.photos.find((photo) => photo.id === id);
  }

  get standings() {
    return this.session.photos.map(standingOf);
  }

  /** Numbers of the photos whose work was begun, in that order. */
  get order() {
    return this.effects.filter(isWork).map(({ photo }) => photo);
  }

  get saving() {
    return this.of("save").at(-1).job;
  }
}

const proved = (count) => new Play().add(count).finish().do({ kind: "protect-all" }).finish();

describe("the line", () => {
  test("only as much as the engine can do at once is handed to it", () => {
    const play = new Play().add(10);
    assert.deepEqual(play.order, [1, 2, 3, 4]);
    assert.deepEqual(play.finish(2).order, [1, 2, 3, 4, 5, 6]);
  });

  test("the photo that is shown goes before others, and covering before checking", () => {
    const play = new Play().add(10).do({ kind: "select", photo: 9 }).finish(1);
    assert.equal(play.order.at(-1), 9);
    play.finish(3).do({ kind: "protect-all" });
    const kinds = play.finish(4).effects.filter(isWork).slice(-4).map(({ kind }) => kind);
    assert.ok(kinds.includes("protect"), `${kinds}`);
  });

  test("what a person asks for by itself is begun at once, even while the others are paused", () => {
    const play = new Play().add(10).finish(1).do({ kind: "pause" }, { kind: "protect", photo: 1 });
    assert.deepEqual([play.effects.filter(isWork).at(-1).kind, play.order.at(-1)], ["protect", 1]);
  });

  test("paused, nothing else is begun until it goes on", () => {
    const play = new Play().add(10).do({ kind: "pause" }).finish();
    assert.equal(play.standings.filter((standing) => standing === "waiting").length, 6);
    play.do({ kind: "resume" }).finish();
    assert.ok(play.standings.every((standing) => standing === "faces"));
  });

  test("cancelled, what was checked stays and what was not goes, and everything is stopped", () => {
    const play = new Play().add(10).finish(3).do({ kind: "protect-all" }, { kind: "cancel-all" });
    assert.deepEqual(play.session.photos.map(({ id }) => id), [1, 2, 3]);
    assert.deepEqual(play.standings, ["faces", "faces", "faces"]);
    assert.equal(play.of("forget").length, 7);
    assert.equal(play.begun.length, 0);
    assert.equal(play.session.selected, 1);
  });

  test("a photo that could not be used does not hold the others up, and all such can be tried again", () => {
    const play = new Play().add(6);
    const { photo, job } = play.begun.shift();
    play.do({ kind: "failed", photo, job, code: "corrupt", report: null }).finish();
    assert.deepEqual([play.session.photos.length, play.session.refusals.length], [5, 1]);
    play.do({ kind: "retry-all" }).finish();
    assert.deepEqual([play.session.photos.length, play.session.refusals.length], [6, 0]);
  });

  test("a photo is covered as it was chosen when that was asked for", () => {
    const play = new Play().add(10).finish().do({ kind: "set-method", method: "mosaic" }, { kind: "protect-all" }, { kind: "set-method", method: "solid" }).finish();
    assert.deepEqual([...new Set(play.of("protect").map(({ style }) => style.method))], ["mosaic"]);
  });

  test("how long it takes is told from the second photo on", () => {
    const play = new Play().add(10);
    const left = () => progressOf(play.session.photos, play.session.pace);
    const answer = (at) => {
      const { photo, job } = play.begun.shift();
      play.do({ kind: "checked", photo, job, report: report(), before: null, leaked: [], at });
    };
    answer(1_000);
    assert.equal(left().secondsLeft, null);
    answer(3_000);
    answer(5_000);
    assert.deepEqual(left(), { done: 3, all: 10, secondsLeft: 14 });
  });

  test("10,000 files are taken in a moment, and no more than that", () => {
    const [play, adding] = timed(() => new Play().add(10_001));
    assert.ok(adding < 500, `${adding} ms`);
    assert.deepEqual([play.session.photos.length, play.session.refusals[0].code], [10_000, "too-many-files"]);
    const [, answering] = timed(() => play.finish(100));
    assert.ok(answering / 100 < 25, `${answering} ms`);
  });

  test("files of the same name can be told apart", () => {
    const files = [1, 2, 3].map((file) => ({ file, name: "a.jpg" }));
    const play = new Play().do({ kind: "add", files, refused: [] });
    assert.deepEqual(play.session.photos.map(({ name }) => name), ["a.jpg", "a.jpg (2)", "a.jpg (3)"]);
  });
});

describe("a decision for all", () => {
  test("does not count photos that are still being checked or searched", () => {
    const play = new Play().add(6).finish(2);
    assert.equal(undone(play.session).length, 2);
    play.do({ kind: "switch", feature: "thorough", wanted: true });
    play.do({ kind: "loaded", feature: "thorough", job: play.of("prepare").at(-1).job });
    assert.equal(undone(play.session).length, 0);
  });

  test("covers everyone everywhere, also who was left open in a copy", () => {
    const play = new Play().add(3).finish();
    play.do({ kind: "regions", photo: 2, change: { kind: "decide", regions: [1], decision: "open" } }, { kind: "protect", photo: 2 }).finish();
    assert.equal(play.photo(2).phase.outcome.covered, 0);
    play.do({ kind: "cover-everyone" }).finish();
    assert.ok(play.of("release").some(({ urls }) => urls.includes("blob:copy-2")));
    assert.deepEqual(play.session.photos.map(({ phase }) => phase.outcome.covered), [1, 1, 1]);
  });

  test("covers also who was left open in a photo that is being covered or searched, or waits for that", () => {
    const open = (photo) => ({ kind: "regions", photo, change: { kind: "decide", regions: [1], decision: "open" } });
    const play = new Play().add(8).finish().do(...Array.from({ length: 8 }, (_, at) => open(at + 1)), { kind: "protect-all" });
    const first = play.begun.map(({ job }) => job);
    assert.deepEqual([first.length, play.standings.at(-1)], [4, "waiting"]);
    play.do({ kind: "cover-everyone" });
    assert.deepEqual(play.of("stop").map(({ job }) => job).filter((job) => first.includes(job)), first);
    assert.deepEqual(play.finish().session.photos.map(({ phase }) => phase.outcome.covered), Array(8).fill(1));
    play.do({ kind: "reopen", photo: 1 }, open(1), { kind: "search", photo: 1 }, { kind: "cover-everyone" });
    assert.equal(regionsOf(play.finish(1).photo(1))[0].decision, "cover");
  });

  test("one of several photos can be taken out", () => {
    const play = new Play().add(3).finish().do({ kind: "remove", photo: 1 });
    assert.deepEqual(play.session.photos.map(({ id }) => id), [2, 3]);
    assert.deepEqual([play.session.selected, play.of("forget").at(-1).file], [2, 1]);
  });
});

describe("only one", () => {
  const decisions = (change) => {
    const found = () => [face(1), face(2), face(3, { maybe: true })];
    const play = new Play().add(1).finish(1, found).do({ kind: "regions", photo: 1, change: { kind: "add", box: [0, 0, 30, 30] } });
    play.do({ kind: "regions", photo: 1, change: { kind: "decide", regions: [1], decision: "open" } }, { kind: "regions", photo: 1, change });
    return regionsOf(play.photo(1)).map(({ decision }) => decision);
  };

  test("face is left open and everybody else covered", () => {
    assert.deepEqual(decisions({ kind: "only", region: 2, decision: "open" }), ["cover", "open", "cover", "cover"]);
  });

  test("face is covered and everybody else left open, but not what a person has drawn", () => {
    assert.deepEqual(decisions({ kind: "only", region: 2, decision: "cover" }), ["open", "cover", "open", "cover"]);
  });
});

describe("adjusting a region", () => {
  const shaped = () => {
    const play = new Play().add(1).finish(1, () => [face(1), face(2)]).do({ kind: "adjust", photo: 1, region: 1 });
    const reshape = (x) => ({ kind: "regions", photo: 1, change: { kind: "reshape", region: 1, box: [x, 10, 60, 70] } });
    return play.do(reshape(11), reshape(12), { kind: "regions", photo: 1, change: { kind: "decide", regions: [1, 2], decision: "open" } });
  };
  const seen = (play) => regionsOf(play.photo(1)).map(({ shaped: box, decision }) => [box, decision]);

  test("can be dropped: it is where it was, and what was decided stays", () => {
    const play = shaped().do({ kind: "adjust", photo: 1, region: null, drop: true });
    assert.deepEqual(seen(play), [[null, "open"], [null, "open"]]);
    assert.equal(play.photo(1).adjusted, null);
    play.do({ kind: "regions", photo: 1, change: { kind: "undo" } });
    assert.deepEqual(seen(play)[0][0], [12, 10, 60, 70]);
  });

  test("can be finished: it stays where it is", () => {
    assert.deepEqual(seen(shaped().do({ kind: "adjust", photo: 1, region: null }))[0], [[12, 10, 60, 70], "open"]);
  });
});

describe("saving", () => {
  const copies = (play, ids) => ids.map((id) => play.photo(id).phase.made);
  const written = (play, ...ids) => play.do({ kind: "written", job: play.saving, copies: copies(play, ids) });
  const saved = (play, ...ids) => play.do({ kind: "saved", job: play.saving, copies: copies(play, ids) });
  const ended = (play, code = null) => play.do({ kind: "save-ended", job: play.saving, code });

  test("several copies go to one file, each once, whatever is pressed meanwhile", () => {
    const play = proved(3).do({ kind: "save-all", to: "zip" }, { kind: "save-all", to: "zip" });
    assert.equal(play.of("save").length, 1);
    assert.deepEqual(play.of("save-part").map(({ url }) => url), ["blob:copy-1", "blob:copy-2", "blob:copy-3"]);
    assert.equal(play.of("save-end").length, 1);
  });

  test("copies that are still being made follow when they are there", () => {
    const play = new Play().add(6).finish().do({ kind: "protect-all" }).finish(2).do({ kind: "save-all", to: "zip" });
    assert.deepEqual([play.of("save-part").length, play.of("save-end").length], [2, 0]);
    play.finish();
    assert.deepEqual([play.of("save-part").length, play.of("save-end").length], [6, 1]);
  });

  test("a photo whose proof fails is left out", () => {
    const play = new Play().add(2).finish().do({ kind: "protect-all" }, { kind: "save-all", to: "zip" });
    const { photo, job } = play.begun.shift();
    play.do({ kind: "protected", photo, job, proof: { ...PROOF, ok: false }, copy: null }).finish();
    assert.deepEqual([play.of("save-part").length, play.of("save-end").length], [1, 1]);
  });

  test("what was not saved counts as such until it is, and then leaves the memory unless it is shown", () => {
    const play = proved(3).do({ kind: "save-all", to: "zip" });
    assert.equal(unsaved(play.session.photos).length, 3);
    ended(saved(play, 1, 2, 3));
    assert.equal(unsaved(play.session.photos).length, 0);
    assert.deepEqual(play.of("release").at(-1).urls, ["blob:copy-2", "blob:copy-3"]);
    assert.deepEqual(play.session.notice, { kind: "saved", count: 3 });
    play.do({ kind: "select", photo: 2 });
    assert.deepEqual(play.of("release").at(-1).urls, ["blob:copy-1"]);
  });

  test("copies that left the memory for a file that was never complete are made again", () => {
    const play = proved(3).do({ kind: "save-all", to: "zip" });
    written(play, 1, 2);
    ended(play, "unsaved");
    assert.deepEqual(play.standings, ["faces", "faces", "proved"]);
    assert.deepEqual(play.session.notice, { kind: "error", code: "unsaved" });
  });

  test("one who changes their mind loses nothing", () => {
    const play = ended(proved(2).do({ kind: "save-all", to: "folder" }));
    assert.deepEqual([play.standings, play.session.saving, play.session.notice], [["proved", "proved"], null, null]);
  });

  const changed = (play, id) => {
    const decided = (decision) => ({ kind: "regions", photo: id, change: { kind: "decide", regions: [1], decision } });
    return play.do({ kind: "reopen", photo: id }, decided("open"), decided("cover"), { kind: "protect", photo: id }).finish();
  };

  test("a file that holds a copy of a photo that is changed is not completed, and the new copy is not saved", () => {
    const play = written(proved(2).do({ kind: "save-all", to: "zip" }), 1);
    const given = copies(play, [1]);
    play.do({ kind: "reopen", photo: 1 });
    assert.deepEqual([play.of("stop").at(-1).job, play.session.saving], [play.saving, null]);
    assert.deepEqual(play.session.notice, { kind: "error", code: "changed-while-saved" });
    changed(play, 1).do({ kind: "saved", job: play.saving, copies: given }, { kind: "save-ended", job: play.saving, code: null }, { kind: "select", photo: 2 });
    assert.deepEqual([play.standings, unsaved(play.session.photos).length], [["proved", "proved"], 2]);
    assert.notEqual(play.photo(1).phase.copy.url, null);
  });

  test("a file is not completed if its copy was being written while the photo was changed or taken out", () => {
    for (const change of [(play) => changed(play, 1), (play) => play.do({ kind: "remove", photo: 1, sure: true })]) {
      const play = proved(2).do({ kind: "save-all", to: "zip" });
      const given = copies(play, [1]);
      change(play).do({ kind: "written", job: play.saving, copies: given });
      assert.deepEqual([play.of("stop").at(-1).job, play.session.saving], [play.saving, null]);
    }
  });

  test("a photo that is changed while its copy is saved or shared by itself is not taken for saved", () => {
    for (const kind of ["saved", "shared"]) {
      const play = proved(2).do({ kind: "save-all", to: "folder" });
      const given = copies(play, [1]);
      changed(play, 1).do({ kind, job: play.saving, copies: given });
      assert.deepEqual(play.standings, ["proved", "proved"]);
    }
  });

  test("no more copies are made than can be kept, and while they are saved only a few wait for that", () => {
    const play = new Play().add(20).finish().do({ kind: "protect-all" }, { kind: "save-all", to: "zip" }).finish();
    const waiting = () => play.standings.filter((standing) => standing === "waiting").length;
    assert.ok(waiting() > 0);
    for (let id = 1; id <= 20; id += 1) saved(written(play, id), id).finish();
    assert.equal(waiting(), 0);
    assert.equal(play.of("save-end").length, 1);
  });

  test("a downloaded or shared copy is saved", () => {
    const play = proved(2).do({ kind: "saving", photo: 1 });
    play.do({ kind: "shared", copies: copies(play, [2]) });
    assert.deepEqual(play.standings, ["saved", "saved"]);
  });

  test("a refused share is no error of the program: it is said", () => {
    const play = proved(2).do({ kind: "not-shared" });
    assert.deepEqual([play.session.notice, unsaved(play.session.photos).length], [{ kind: "error", code: "not-shared" }, 2]);
  });
});

describe("what would be lost", () => {
  test("starting over asks while copies are not saved", () => {
    const play = proved(2).do({ kind: "clear" });
    assert.deepEqual([play.session.asking, play.session.photos.length], [{ kind: "clear" }, 2]);
    assert.equal(play.do({ kind: "keep" }).session.asking, null);
    assert.equal(play.do({ kind: "clear", sure: true }).session.photos.length, 0);
  });

  test("starting over while copies are being saved asks, too, and stops that only when sure", () => {
    const play = proved(2).do({ kind: "save-all", to: "zip" }, { kind: "clear" });
    assert.deepEqual(play.session.asking, { kind: "clear" });
    play.do({ kind: "clear", sure: true });
    assert.equal(play.of("stop").at(-1).job, play.saving);
  });

  test("starting over does not ask if nothing would be lost", () => {
    assert.equal(new Play().add(2).finish().do({ kind: "clear" }).session.photos.length, 0);
    assert.equal(proved(1).do({ kind: "saving", photo: 1 }, { kind: "clear" }).session.photos.length, 0);
  });

  test("taking a photo out asks if its copy is not saved", () => {
    const play = proved(2).do({ kind: "remove", photo: 2 });
    assert.deepEqual([play.session.asking, play.session.photos.length], [{ kind: "remove", photo: 2 }, 2]);
    assert.equal(play.do({ kind: "remove", photo: 2, sure: true }).session.photos.length, 1);
  });
});

describe("memory", () => {
  test("pictures of 250 photos are kept, and those of another are made again when it is shown", () => {
    const play = new Play().add(300).finish();
    assert.equal(play.session.photos.filter(({ before }) => before !== null).length, 251);
    const bare = play.session.photos.find(({ isBare }) => isBare).id;
    play.do({ kind: "select", photo: bare });
    const { photo, job } = play.of("show").at(-1);
    assert.equal(photo, bare);
    play.do({ kind: "shown", photo, job, before: picture("again"), leaked: [] });
    assert.equal(play.photo(bare).before.url, "blob:again");
  });

  test("a copy can be looked at before it is saved, also if its small picture was let go of", () => {
    const play = new Play().add(300).finish().do({ kind: "protect", photo: 1 }).finish();
    assert.equal(pictureOfCopy(play.photo(1).phase.copy), "blob:after-1");
    for (const id of [2, 1]) {
      const { photo, job } = play.do({ kind: "select", photo: id }).of("show").at(-1);
      assert.equal(photo, id);
      play.do({ kind: "shown", photo, job, before: picture("again"), leaked: [] });
    }
    assert.deepEqual([play.photo(1).phase.copy.after, pictureOfCopy(play.photo(1).phase.copy)], [null, "blob:copy-1"]);
  });

  test("pictures that come too late are let go of", () => {
    const play = new Play().add(300).finish();
    play.do({ kind: "shown", photo: 3, job: -1, before: picture("late"), leaked: [] });
    assert.deepEqual(play.of("release").at(-1).urls, ["blob:late"]);
  });
});

describe("where a photo stands", () => {
  const standing = (regions, more) => {
    const play = new Play().add(1);
    const { photo, job } = play.begun.shift();
    return standingOf(play.do({ kind: "checked", photo, job, report: report(regions, more), before: null, leaked: [] }).photo(1));
  };

  test("no face, some faces, or something that a person has to look at", () => {
    assert.equal(standing([]), "clean");
    assert.equal(standing([face(1), face(2)]), "faces");
    assert.equal(standing([face(1), face(2, { maybe: true })]), "look");
    assert.equal(standing(Array.from({ length: 20 }, (_, id) => face(id + 1))), "look");
    assert.equal(standing([], { skipped: { tiles: 0, frames: 2 } }), "look");
  });

  test("the next photo to look at comes after the one that is shown, and the first after the last", () => {
    const play = new Play().add(5).finish(5, (id) => [face(1, { maybe: id === 2 || id === 4 })]);
    const next = () => play.do({ kind: "next" }).session.selected;
    assert.deepEqual([next(), next(), next()], [2, 4, 2]);
    play.do({ kind: "protect-all" }).finish();
    assert.equal(nextToLookAt(play.session.photos, 2), null);
  });
});

describe("what a photo gives away", () => {
  const given = (regions, ...kinds) => {
    const play = new Play().add(1);
    const { photo, job } = play.begun.shift();
    play.do({ kind: "checked", photo, job, report: report(regions, { leaks: kinds.map(leak) }), before: null, leaked: [] });
    return givenAway(play.photo(1)).map(({ key, count }) => `${key} ${count}`);
  };

  test("faces first, then what the file tells, worst first, each once", () => {
    const likely = { identifiability: { level: "likely", score: 0.9, inter_eye_px: 40, reasons: [] } };
    assert.deepEqual(given([face(1, likely), face(2)], "camera", "software", "gps", "serial", "thumbnail", "icc"), [
      "gives.easy 1",
      "gives.other_faces 1",
      "gives.gps 1",
      "gives.picture 1",
      "gives.device 1",
      "gives.more 2",
    ]);
  });

  test("nothing, if there is nothing", () => assert.deepEqual(given([]), []));
});
