//! The workshop's demonstrations, for JavaScript.

use js_sys::{Array, Float32Array, Object};
use wasm_bindgen::prelude::*;

use super::{Pixels, drawing, object, source, to_js, to_js_error};
use crate::error::{InputError, Result};
use crate::photo::Frame;
use crate::recognition::alignment::SIDE;
use crate::workshop::{Attempt, Look, Workshop as Inner, covering_named};

/// One participant's photo, and the gallery.
#[wasm_bindgen]
pub struct Workshop(Inner);

#[wasm_bindgen]
impl Workshop {
    /// Loads the detector and the recogniser from the bytes of their packed files.
    ///
    /// # Errors
    /// An `Error` with `code` if the bytes are not the expected ones.
    #[wasm_bindgen(constructor)]
    pub fn new(detector: &[u8], recogniser: &[u8]) -> Result<Workshop, JsValue> {
        Inner::new(detector, recogniser).map(Self).map_err(to_js_error)
    }

    /// Opens a photo: `{picture, faces}` with a small picture `{samples, width, height}` and the boxes of the faces in it, large ones
    /// first.
    ///
    /// # Errors
    /// An `Error` with `code`.
    pub fn open(&mut self, bytes: &[u8], pixels: Option<Pixels>) -> Result<JsValue, JsValue> {
        let file = source(bytes, &pixels);
        let (frame, faces) = self.0.open(file).map_err(to_js_error)?;
        Ok(object(&[("picture", drawing(frame)?.into()), ("faces", to_js(&faces)?)])?.into())
    }

    /// Takes a face of the photo; `undefined` if nothing can be made of it. What it looks like is described at [`look`].
    ///
    /// # Errors
    /// An `Error` with `code`.
    pub fn choose(&mut self, index: usize) -> Result<JsValue, JsValue> {
        let chosen = self.0.choose(index).map_err(to_js_error)?;
        chosen.map_or(Ok(JsValue::UNDEFINED), |chosen| Ok(look(&chosen)?.into()))
    }

    /// Adds the face in the middle of a picture to the gallery. Returns whether there is a face in it.
    ///
    /// # Errors
    /// An `Error` with `code`.
    pub fn enrol(&mut self, bytes: &[u8], pixels: Option<Pixels>) -> Result<bool, JsValue> {
        let file = source(bytes, &pixels);
        self.0.enrol(file).map_err(to_js_error)
    }

    /// Adds the largest face of a participant's further photo to the gallery. Returns whether there is one.
    ///
    /// # Errors
    /// An `Error` with `code`.
    #[wasm_bindgen(js_name = enrolLargest)]
    pub fn enrol_largest(&mut self, bytes: &[u8], pixels: Option<Pixels>) -> Result<bool, JsValue> {
        let file = source(bytes, &pixels);
        self.0.enrol_largest(file).map_err(to_js_error)
    }

    /// Adds the chosen photo itself to the gallery.
    ///
    /// # Errors
    /// An `Error` with `code` if no face was chosen.
    #[wasm_bindgen(js_name = enrolSubject)]
    pub fn enrol_subject(&mut self) -> Result<(), JsValue> {
        self.0.enrol_subject().map_err(to_js_error)
    }

    /// Covers the chosen face, and searches for it.
    ///
    /// # Errors
    /// An `Error` with `code`.
    pub fn weaken(&mut self, kind: &str, strength: f32) -> Result<JsValue, JsValue> {
        let unknown = || to_js_error(InputError::BadOption(format!("cover: {kind} {strength}")).into());
        let covering = covering_named(kind, strength).ok_or_else(unknown)?;
        Ok(look(&self.0.weaken(covering).map_err(to_js_error)?)?.into())
    }

    /// What undoing the last cover makes of the face: a list of `{undoing, aligned, likeness}`.
    ///
    /// # Errors
    /// An `Error` with `code`.
    pub fn undo(&mut self) -> Result<Array, JsValue> {
        self.0.undo().map_err(to_js_error)?.iter().map(attempt).collect()
    }

    /// Covers an entry of the gallery like the face.
    ///
    /// # Errors
    /// An `Error` with `code`.
    #[wasm_bindgen(js_name = coverEntry)]
    pub fn cover_entry(&mut self, index: usize) -> Result<(), JsValue> {
        self.0.cover_entry(index).map_err(to_js_error)
    }

    /// How alike the covered face is to each covered entry of the gallery.
    ///
    /// # Errors
    /// An `Error` with `code` if one has not been covered alike.
    pub fn parrot(&mut self) -> Result<Float32Array, JsValue> {
        self.0.parrot().map(|likeness| Float32Array::from(&likeness[..])).map_err(to_js_error)
    }

    /// How far the own face, and others in the same photo, are from what is seen once they are covered alike.
    ///
    /// # Errors
    /// An `Error` with `code`.
    #[wasm_bindgen(js_name = samePhoto)]
    pub fn same_photo(&self) -> Result<Float32Array, JsValue> {
        self.0.same_photo().map(|distances| Float32Array::from(&distances[..])).map_err(to_js_error)
    }

    /// Forgets the photo, and all of the gallery but the first entries.
    pub fn forget(&mut self, kept: usize) {
        self.0.forget(kept);
    }
}

/// `{picture, aligned, landmarks, numbers, likeness}`: the face as it is seen, as the recogniser sees it, where the clear face's
/// landmarks lie in that, the recogniser's numbers, and how alike it is to each entry of the gallery.
fn look(look: &Look) -> Result<Object, JsValue> {
    object(&[
        ("picture", drawing(&look.picture)?.into()),
        ("aligned", aligned(&look.aligned)?.into()),
        ("landmarks", to_js(&look.landmarks)?),
        ("numbers", Float32Array::from(&look.numbers[..]).into()),
        ("likeness", Float32Array::from(&look.likeness[..]).into()),
    ])
}

fn attempt(attempt: &Attempt) -> Result<Object, JsValue> {
    object(&[
        ("undoing", attempt.undoing.into()),
        ("aligned", aligned(&attempt.aligned)?.into()),
        ("likeness", Float32Array::from(&attempt.likeness[..]).into()),
    ])
}

fn aligned(rgb: &[u8]) -> Result<Object, JsValue> {
    drawing(&Frame { width: SIDE as u32, height: SIDE as u32, rgb: rgb.to_vec(), alpha: None })
}
