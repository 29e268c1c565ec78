//! Outputs that need no knowledge of the network: a row for each candidate.

use serde::Deserialize;

use super::Candidate;
use crate::error::{ModelError, Result};
use crate::infer::Output;

/// Which output tensors hold the candidates, and how. Each has a row for each candidate; a batch axis of length 1 may come
/// first.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS), ts(rename = "DetectorRows"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rows {
    /// Name of the tensor of the boxes, `[N, 4]`.
    pub boxes: String,
    /// What the four numbers of a box are: left, top, right, bottom; or the centre's x and y, width, height.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(inline))]
    pub form: BoxForm,
    /// What boxes and landmarks are measured in: pixels of the input, or shares of its width and height.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(inline))]
    pub unit: Unit,
    /// Name of the tensor of the scores: `[N]`, `[N, 1]` or `[N, 2]`, where a face is the last; 0 to 1, taken for the probability
    /// that it is a face.
    pub scores: String,
    /// Name of the tensor of the landmarks, `[N, 10]`: x and y of the right eye, the left eye, the nose tip, the right and
    /// the left corner of the mouth (the person's right and left).
    #[serde(default)]
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(optional))]
    pub landmarks: Option<String>,
}

/// What the four numbers of a box are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum BoxForm {
    /// Left, top, right, bottom.
    Corners,
    /// The centre's x and y, width, height.
    Center,
}

/// What lengths are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Pixels of the input.
    Pixels,
    /// Shares of the input's width and height.
    Relative,
}

/// How far a score may lie outside 0 to 1: what rounding does to a softmax.
const SCORE_TOLERANCE: f32 = 1e-3;

impl Rows {
    /// The tensors in the order that [`Self::decode`] takes them in.
    pub(super) fn names(&self) -> Vec<&str> {
        [&self.boxes, &self.scores].into_iter().chain(&self.landmarks).map(String::as_str).collect()
    }

    /// Every row that scores at least `lowest_score` for an input of `width` x `height` pixels, in pixels of that input.
    ///
    /// # Errors
    /// [`ModelError::Outputs`] if the tensors do not have these shapes, or hold what they cannot.
    pub(super) fn decode(
        &self,
        outputs: &[Output],
        width: usize,
        height: usize,
        lowest_score: f32,
    ) -> Result<Vec<Candidate>> {
        let tables = Tables::of(outputs, self.landmarks.is_some()).ok_or_else(|| {
            let shapes: Vec<_> = self.names().into_iter().zip(outputs.iter().map(|output| &output.shape)).collect();
            ModelError::Outputs(format!("shapes of {shapes:?}"))
        })?;
        let unit = match self.unit {
            Unit::Pixels => [1.0; 2],
            Unit::Relative => [width as f32, height as f32],
        };
        let rows = (0..tables.boxes.len()).map(|row| self.read(&tables, row, unit, lowest_score));
        rows.filter_map(Result::transpose).collect()
    }

    fn read(&self, tables: &Tables, row: usize, unit: [f32; 2], lowest_score: f32) -> Result<Option<Candidate>> {
        let score = tables.scores[(row + 1) * tables.scores_each - 1];
        if !(-SCORE_TOLERANCE..=1.0 + SCORE_TOLERANCE).contains(&score) {
            return Err(ModelError::Outputs(format!("a score of {score}, which is not within 0 and 1")).into());
        }
        if score < lowest_score {
            return Ok(None);
        }
        let [a, b, c, d] = tables.boxes[row];
        let [x, y, w, h] = match self.form {
            BoxForm::Corners => [a, b, c - a, d - b],
            BoxForm::Center => [a - c / 2.0, b - d / 2.0, c, d],
        };
        if w < 0.0 || h < 0.0 {
            return Err(ModelError::Outputs(format!("a box {:?}, whose size is negative", tables.boxes[row])).into());
        }
        let bbox = [x * unit[0], y * unit[1], w * unit[0], h * unit[1]];
        let place = |point: &[f32; 2]| [point[0] * unit[0], point[1] * unit[1]];
        let landmarks = tables.landmarks.map(|all| std::array::from_fn(|j| place(&all[5 * row + j])));
        // A box without an area is how networks fill rows that they do not use.
        Ok((w > 0.0 && h > 0.0).then_some(Candidate { bbox, score: score.min(1.0), landmarks }))
    }
}

/// The tensors, split into rows.
struct Tables<'a> {
    boxes: &'a [[f32; 4]],
    scores: &'a [f32],
    scores_each: usize,
    /// Five points a row.
    landmarks: Option<&'a [[f32; 2]]>,
}

impl<'a> Tables<'a> {
    /// `None` if the shapes do not fit.
    fn of(outputs: &'a [Output], with_landmarks: bool) -> Option<Self> {
        let (boxes, scores, landmarks) = match (outputs, with_landmarks) {
            ([boxes, scores], false) => (boxes, scores, None),
            ([boxes, scores, landmarks], true) => (boxes, scores, Some(landmarks)),
            _ => return None,
        };
        let rows = boxes.values.len() / 4;
        let scores_each = width_of_rows(&scores.shape, rows).filter(|each| (1..=2).contains(each))?;
        let fits = |output: &Output, each: usize| width_of_rows(&output.shape, rows) == Some(each);
        let landmarks_fit = landmarks.is_none_or(|landmarks| fits(landmarks, 10));
        (fits(boxes, 4) && landmarks_fit).then(|| Self {
            boxes: boxes.values.as_chunks().0,
            scores: &scores.values,
            scores_each,
            landmarks: landmarks.map(|landmarks| landmarks.values.as_chunks().0),
        })
    }
}

/// How many values a row of a tensor has, if that has this many rows.
fn width_of_rows(shape: &[usize], rows: usize) -> Option<usize> {
    match *shape {
        [length] | [1, length] if length == rows => Some(1),
        [length, width] | [1, length, width] if length == rows => Some(width),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn rows(form: BoxForm, unit: Unit, landmarks: bool) -> Rows {
        let landmarks = landmarks.then(|| "points".to_owned());
        Rows { boxes: "boxes".to_owned(), form, unit, scores: "scores".to_owned(), landmarks }
    }

    fn output(shape: &[usize], values: &[f32]) -> Output {
        Output { shape: shape.to_vec(), values: values.to_vec() }
    }

    fn boxes(found: Result<Vec<Candidate>>) -> Vec<[f32; 4]> {
        found.expect("the outputs fit").iter().map(|candidate| candidate.bbox).collect()
    }

    #[test]
    fn corners_and_centres_in_pixels_and_shares_are_the_same_box() {
        let score = output(&[1], &[0.9]);
        let cases = [
            (BoxForm::Corners, Unit::Pixels, [20.0, 10.0, 60.0, 20.0]),
            (BoxForm::Center, Unit::Pixels, [40.0, 15.0, 40.0, 10.0]),
            (BoxForm::Corners, Unit::Relative, [0.125, 0.125, 0.375, 0.25]),
            (BoxForm::Center, Unit::Relative, [0.25, 0.1875, 0.25, 0.125]),
        ];
        for (form, unit, values) in cases {
            let outputs = [output(&[1, 1, 4], &values), score.clone()];
            let found = boxes(rows(form, unit, false).decode(&outputs, 160, 80, 0.5));
            assert_eq!(found, [[20.0, 10.0, 40.0, 10.0]], "{form:?} {unit:?}");
        }
    }

    #[test]
    fn scores_have_any_of_the_shapes_and_the_last_of_two_is_the_face() {
        let two = output(&[2, 4], &[0.0, 0.0, 8.0, 8.0, 16.0, 0.0, 24.0, 8.0]);
        let one_each: [&[usize]; 4] = [&[2], &[1, 2], &[2, 1], &[1, 2, 1]];
        let rows = rows(BoxForm::Corners, Unit::Pixels, false);
        for shape in one_each {
            let found = rows.decode(&[two.clone(), output(shape, &[0.1, 0.9])], 32, 32, 0.5);
            assert_eq!(boxes(found), [[16.0, 0.0, 8.0, 8.0]], "{shape:?}");
        }
        for shape in [&[2, 2][..], &[1, 2, 2]] {
            let found = rows.decode(&[two.clone(), output(shape, &[0.2, 0.8, 0.9, 0.1])], 32, 32, 0.5);
            assert_eq!(boxes(found), [[0.0, 0.0, 8.0, 8.0]], "{shape:?}");
        }
    }

    #[test]
    fn landmarks_are_read_in_the_boxes_unit() {
        let points: Vec<f32> = (0..10).map(|i| i as f32 / 16.0).collect();
        let outputs = [output(&[1, 4], &[0.0, 0.0, 1.0, 1.0]), output(&[1], &[0.9]), output(&[1, 10], &points)];
        let found = rows(BoxForm::Corners, Unit::Relative, true).decode(&outputs, 32, 16, 0.5).expect("they fit");
        assert_eq!(found[0].landmarks.expect("they are there")[1], [4.0, 3.0]);
    }

    #[test]
    fn rows_that_are_not_used_are_passed_over() {
        let outputs = [output(&[2, 4], &[0.0; 8]), output(&[2], &[0.9, 0.0])];
        assert_eq!(boxes(rows(BoxForm::Corners, Unit::Pixels, false).decode(&outputs, 32, 32, 0.5)), [[0.0; 4]; 0]);
    }

    #[test]
    fn tensors_of_other_shapes_and_impossible_values_are_refused() {
        let (one_box, score) = (output(&[1, 4], &[0.0, 0.0, 8.0, 8.0]), output(&[1], &[0.9]));
        let cases = [
            vec![],
            vec![one_box.clone()],
            vec![output(&[4, 1], &[0.0; 4]), score.clone()],
            vec![one_box.clone(), output(&[2], &[0.9; 2])],
            vec![one_box.clone(), output(&[1, 3], &[0.9; 3])],
            // Scores before they are squashed.
            vec![one_box.clone(), output(&[1], &[4.0])],
            // A width where the right edge should be.
            vec![output(&[1, 4], &[20.0, 0.0, 8.0, 8.0]), score.clone()],
        ];
        for outputs in cases {
            let found = rows(BoxForm::Corners, Unit::Pixels, false).decode(&outputs, 32, 32, 0.5);
            assert!(matches!(found, Err(Error::Model(ModelError::Outputs(_)))), "{outputs:?}");
        }
    }
}
