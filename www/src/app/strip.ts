import type { Context } from "./context.js";
import { button, h, icon } from "./dom.js";
import type { IconName } from "./dom.js";
import type { Photo, Shown } from "./photo.js";
import { canShare, saveAll, share } from "./save.js";
import { phaseWords } from "./words.js";

/** Longer side of a small picture in device pixels. */
const THUMBNAIL_SIDE = 144;

const PHASE_ICONS: Record<Photo["phase"]["kind"], IconName> = {
  waiting: "wait",
  working: "wait",
  review: "open",
  proved: "check",
  unproved: "alert",
  failed: "alert",
};

/** A photo in the row; the parts that change with its phase. */
interface Tile {
  item: HTMLElement;
  button: HTMLButtonElement;
  picture: HTMLElement;
  state: HTMLElement;
  /** What `picture` was drawn from. */
  drawn: Blob | null;
}

/** All photos in a row, each with its state, and what can be done with all of them. */
export class Strip {
  readonly element: HTMLElement;
  readonly #list = h("ul", { class: "tiles" });
  readonly #actions = h("div", { class: "actions" });
  readonly #context: Context;
  readonly #tiles = new Map<Photo, Tile>();

  constructor(context: Context) {
    this.#context = context;
    this.element = h("nav", { class: "strip", "aria-label": context.t("strip.label") }, this.#list, this.#actions);
    this.sync();
  }

  /** Shows the session's photos as they are now. */
  sync(): void {
    const { photos, selected } = this.#context.session;
    const kept = new Set(photos);
    for (const [photo, tile] of this.#tiles) {
      if (!kept.has(photo)) {
        tile.item.remove();
        this.#tiles.delete(photo);
      }
    }
    for (const photo of photos) {
      const tile = this.#tiles.get(photo) ?? this.#append(photo);
      tile.button.setAttribute("aria-current", String(photo === selected));
    }
    this.#refreshActions();
  }

  /** Shows the photo's state as it is now. */
  update(photo: Photo): void {
    const tile = this.#tiles.get(photo);
    if (tile !== undefined) {
      this.#show(photo, tile);
      this.#refreshActions();
    }
  }

  #append(photo: Photo): Tile {
    const picture = h("span", { class: "thumbnail" }, String(photo.number));
    const state = h("span");
    const { session } = this.#context;
    const control = h("button", { type: "button", class: "tile", onclick: () => session.select(photo) }, picture, state);
    const tile: Tile = { item: h("li", {}, control), button: control, picture, state, drawn: null };
    this.#tiles.set(photo, tile);
    this.#show(photo, tile);
    this.#list.append(tile.item);
    return tile;
  }

  #show(photo: Photo, tile: Tile): void {
    const { t } = this.#context;
    const { kind } = photo.phase;
    tile.state.className = `tile-state state-${kind}`;
    tile.state.replaceChildren(icon(PHASE_ICONS[kind]));
    const words = t("strip.photo", { number: photo.number, name: photo.file.name, state: phaseWords(this.#context, photo) });
    tile.button.setAttribute("aria-label", words);
    tile.button.title = words;
    const shown = photo.phase.kind === "proved" ? (photo.phase.saved.after ?? photo.before) : photo.before;
    if (shown !== null && shown.blob !== tile.drawn) {
      tile.drawn = shown.blob;
      void draw(shown, tile.picture);
    }
  }

  #refreshActions(): void {
    const { t, session, choosePhotos } = this.#context;
    const open = session.photos.filter((photo) => photo.decidable && photo.phase.kind !== "proved");
    const proved = session.photos.filter((photo) => photo.copy !== null);
    const copies = proved.map((photo) => () => photo.copy);
    const files = proved.flatMap((photo) => photo.copy?.file ?? []);
    const wanted: (HTMLElement | null)[] = [
      button(t("strip.add"), { class: "quiet", onclick: choosePhotos }, "add"),
      open.length > 1 ? button(t("strip.protect_all", { count: open.length }), { class: "quiet", id: "protect-all", onclick: () => session.protectAll() }) : null,
      copies.length > 1 ? button(t("strip.save_all", { count: copies.length }), { class: "quiet", id: "save-all", onclick: () => void saveAll(copies) }, "save") : null,
      copies.length > 1 && canShare(files) ? button(t("strip.share_all"), { class: "quiet", onclick: () => void share(files) }, "share") : null,
      button(t("strip.clear"), { class: "quiet", id: "clear", onclick: () => session.clear() }, "cross"),
    ];
    this.#actions.replaceChildren(...wanted.filter((element) => element !== null));
  }
}

/** Drawn small once, so that a long row of photos does not keep large pictures decoded. */
async function draw(shown: Shown, into: HTMLElement): Promise<void> {
  const scale = THUMBNAIL_SIDE / Math.max(shown.width, shown.height);
  const size = { width: Math.round(shown.width * scale) || 1, height: Math.round(shown.height * scale) || 1 };
  const bitmap = await createImageBitmap(shown.blob, { resizeWidth: size.width, resizeHeight: size.height });
  const canvas = h("canvas", size);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  bitmap.close();
  into.replaceChildren(canvas);
}
