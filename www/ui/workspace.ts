/** What is shown of a photo: how far it is, what a person decides about, or its copy. */

import { html } from "lit";
import type { TemplateResult } from "lit";
import type { Photo } from "../model/photo.js";
import type { Session } from "../model/session.js";
import type { Features } from "./review/review.js";
import type { Words } from "./words/words.js";

/** What differs between those who show it. */
interface Parts {
  readonly features: Features;
  readonly result: TemplateResult;
  /** The report can be saved and printed. */
  readonly reportable?: boolean;
  /** Looks for the one person who stays open in the other photos of the session. */
  readonly lookForMe?: () => void;
}

/** The component for the phase that the photo is in, of class `workspace`. */
export function workspace(words: Words, session: Session, photo: Photo, { features, result, reportable = false, lookForMe }: Parts): TemplateResult {
  switch (photo.phase.kind) {
    case "waiting":
    case "working":
      return html`<tk-working class="workspace" .words=${words} .photo=${photo}></tk-working>`;
    case "review":
    case "failed":
      return html`<tk-review
        class="workspace"
        .words=${words}
        .photo=${photo}
        .preview=${session.preview}
        .method=${session.method}
        .colour=${session.colour}
        .sticker=${session.sticker}
        .recompress=${session.recompress}
        .features=${features}
        .reportable=${reportable}
        .others=${lookForMe === undefined ? 0 : session.photos.length - 1}
        @tk-look-for-me=${lookForMe}
      ></tk-review>`;
    case "proved":
    case "unproved":
      return result;
  }
}
