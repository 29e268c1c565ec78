/**
 * Pictures of demonstrations. They are drawn on a canvas with a mark over them and without a menu, since a weak cover must not leave
 * the workshop as if it were a cleaned photo.
 */

import { html, noChange } from "lit";
import { Directive, directive } from "lit/directive.js";
import type { ElementPart } from "lit/directive.js";
import type { Face, Pixels } from "../../../model/workshop/attack.js";

export interface Drawn {
  readonly pixels: Pixels;
  /** Words over the picture. */
  readonly mark?: string;
  /** Places that are marked, and boxes, in its pixels. */
  readonly points?: readonly (readonly [number, number])[];
  readonly boxes?: readonly Face[];
}

class Painter extends Directive {
  #last: Drawn | undefined;

  render(_drawn: Drawn): unknown {
    return noChange;
  }

  override update({ element }: ElementPart, [drawn]: [Drawn]): unknown {
    if (drawn.pixels !== this.#last?.pixels || drawn.mark !== this.#last.mark) {
      paint(element as HTMLCanvasElement, drawn);
    }
    this.#last = drawn;
    return noChange;
  }
}

const painted = directive(Painter);

/** Enlarged so far that marks over small pictures are sharp. */
const SIDE = 448;

function paint(canvas: HTMLCanvasElement, { pixels, mark, points = [], boxes = [] }: Drawn): void {
  const { samples, width, height } = pixels;
  const scale = Math.max(1, SIDE / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (context === null) {
    return;
  }
  const small = new OffscreenCanvas(width, height);
  small.getContext("2d")?.putImageData(new ImageData(samples, width, height), 0, 0);
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  context.lineWidth = 2 / scale;
  points.forEach(([x, y]) => ring(context, x, y, 5 / scale));
  context.lineWidth = 4 / scale;
  boxes.forEach((box, at) => frame(context, box, at + 1));
  context.resetTransform();
  if (mark !== undefined) {
    stamp(context, mark);
  }
}

function ring(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  for (const [colour, size] of [["#000", radius * 1.3], ["#7fd1c5", radius]] as const) {
    context.strokeStyle = colour;
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** A box and its number, above it where there is room. */
function frame(context: CanvasRenderingContext2D, box: Face, number: number): void {
  const [x, y, width] = box;
  const size = Math.max(width / 2, context.canvas.width / 40);
  context.strokeStyle = "#7fd1c5";
  context.strokeRect(...box);
  context.font = `700 ${size}px sans-serif`;
  context.strokeStyle = "#000";
  context.fillStyle = "#7fd1c5";
  const place = [x, Math.max(y - size / 6, size)] as const;
  context.strokeText(`${number}`, ...place);
  context.fillText(`${number}`, ...place);
}

function stamp(context: CanvasRenderingContext2D, mark: string): void {
  const { width, height } = context.canvas;
  const size = Math.min(width / 16, SIDE / 12);
  context.font = `600 ${size}px sans-serif`;
  context.textAlign = "center";
  context.lineWidth = size / 6;
  context.strokeStyle = "rgb(0 0 0 / 60%)";
  context.fillStyle = "rgb(255 255 255 / 85%)";
  context.strokeText(mark, width / 2, height - size / 2);
  context.fillText(mark, width / 2, height - size / 2);
}

const withoutMenu = (event: Event) => event.preventDefault();

export function picture(label: string, drawn: Drawn) {
  return html`<canvas class="drawn" role="img" aria-label=${label} @contextmenu=${withoutMenu} ${painted(drawn)}></canvas>`;
}

/** Colours of numbers: from blue over grey to orange. */
function colourOf(share: number): readonly [number, number, number] {
  const mix = (from: number, to: number) => Math.round(from + (to - from) * Math.min(1, Math.abs(share)));
  return share < 0 ? [mix(128, 30), mix(128, 100), mix(128, 200)] : [mix(128, 235), mix(128, 130), mix(128, 30)];
}

const COLUMNS = 16;

/** Numbers as a field of coloured squares. */
export function numbersPicture(label: string, numbers: ArrayLike<number>) {
  const values = Array.from(numbers);
  const largest = Math.max(...values.map(Math.abs), Number.MIN_VALUE);
  const samples = new Uint8ClampedArray(values.flatMap((value) => [...colourOf((1.5 * value) / largest), 255]));
  const pixels = { samples, width: COLUMNS, height: values.length / COLUMNS };
  return html`<canvas class="drawn numbers" role="img" aria-label=${label} @contextmenu=${withoutMenu} ${cells(pixels)}></canvas>`;
}

class Cells extends Directive {
  render(_pixels: Pixels): unknown {
    return noChange;
  }

  override update({ element }: ElementPart, [{ samples, width, height }]: [Pixels]): unknown {
    const canvas = element as HTMLCanvasElement;
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d")?.putImageData(new ImageData(samples, width, height), 0, 0);
    return noChange;
  }
}

const cells = directive(Cells);
