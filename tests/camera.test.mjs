// What of a picture is shown, and how large.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fullZoom, panned, pinched, scaleOf, showing, toPicture, toView, wholeOf, zoomedTo } from "../target/www/model/camera.js";

const VIEWS = [
  { frame: { width: 360, height: 300 }, picture: { width: 4000, height: 3000 } },
  { frame: { width: 360, height: 150 }, picture: { width: 12000, height: 600 } },
  { frame: { width: 200, height: 330 }, picture: { width: 30, height: 40 } },
];
const near = (actual, expected, by = 1e-6) => actual.forEach((value, index) => assert.ok(Math.abs(value - expected[index]) <= by, `${actual}, not ${expected}`));

/** No part of the frame is bare that the picture could fill. */
function fills({ zoom, centre }, { frame, picture }) {
  const scale = scaleOf({ zoom, centre }, { frame, picture });
  for (const [at, length, wide] of [[centre[0], picture.width, frame.width], [centre[1], picture.height, frame.height]]) {
    if (length * scale <= wide + 1e-6) near([at], [length / 2]);
    else assert.ok(at - wide / scale / 2 >= -1e-6 && at + wide / scale / 2 <= length + 1e-6);
  }
}

for (const view of VIEWS) {
  const { frame, picture } = view;
  const whole = wholeOf(picture);
  const middle = [frame.width / 2, frame.height / 2];

  describe(`the camera on ${picture.width} x ${picture.height}`, () => {
    test("shows the whole picture first", () => {
      const [left, top] = toView(whole, view, [0, 0]);
      const [right, bottom] = toView(whole, view, [picture.width, picture.height]);
      assert.ok(left >= 0 && top >= 0 && right <= frame.width + 1e-6 && bottom <= frame.height + 1e-6);
    });

    test("finds every point again", () => near(toPicture(whole, view, toView(whole, view, [7, 9])), [7, 9]));

    test("keeps what is under the pointer where it is, once the picture fills the frame", () => {
      const start = zoomedTo(whole, view, whole.zoom * 40, middle);
      const at = [frame.width * 0.3, frame.height * 0.6];
      const point = toPicture(start, view, at);
      const closer = zoomedTo(start, view, start.zoom * 0.8, at);
      near(toView(closer, view, point), at, 1e-3);
    });

    test("does not leave the picture, however it is moved and zoomed", () => {
      let camera = whole;
      for (const [factor, x, y] of [[3, 0, 0], [2, frame.width, frame.height], [0.4, 10, 10], [9, 5, frame.height], [0.01, 0, 0]]) {
        camera = zoomedTo(camera, view, camera.zoom * factor, [x, y]);
        fills(camera, view);
        camera = panned(camera, view, [x * 9 - 200, 900 - y * 5]);
        fills(camera, view);
      }
      near([camera.zoom], [1]);
    });

    test("shows a pixel as a pixel", () => near([scaleOf({ ...whole, zoom: fullZoom(view) }, view)], [1]));

    test("follows two fingers", () => {
      const start = zoomedTo(whole, view, 20 * whole.zoom, middle);
      const from = [[middle[0] - 40, middle[1]], [middle[0] + 40, middle[1]]];
      const to = [[middle[0] - 20, middle[1] + 10], [middle[0] + 20, middle[1] + 10]];
      const camera = pinched(start, view, from, to);
      near([camera.zoom], [start.zoom / 2]);
      near(toView(camera, view, toPicture(start, view, middle)), [middle[0], middle[1] + 10], 1e-3);
    });

    test("follows a point that has left the frame", () => {
      const start = zoomedTo(whole, view, 30, middle);
      const [x, y] = toView(showing(start, view, [0, 0]), view, [0, 0]);
      assert.ok(x >= -1e-6 && y >= -1e-6 && x <= frame.width && y <= frame.height);
    });
  });
}
