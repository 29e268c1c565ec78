//! Many finds of one face become one.

use super::Detection;
use super::policy::Policy;

/// Greedy non-maximum suppression that keeps the union: the best-scored find of a face gives its box and landmarks,
/// and its [`Detection::extent`] grows to hold every find that was merged into it, so that where passes disagree, the
/// cover spans them all.
///
/// Finds cut by a tile's inner edge are dropped where a whole find contains them.
pub(super) fn merge(mut found: Vec<Detection>, policy: &Policy) -> Vec<Detection> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let (whole, cut): (Vec<_>, Vec<_>) = found.into_iter().partition(|d| !d.cut);
    let mut kept: Vec<Detection> = Vec::new();
    for detection in whole {
        absorb_or_keep(&mut kept, detection, policy);
    }
    for detection in cut {
        let contained = kept.iter().any(|k| containment(detection.bbox, k.bbox) >= policy.cut_containment);
        if !contained {
            absorb_or_keep(&mut kept, detection, policy);
        }
    }
    kept.sort_by(|a, b| b.score.total_cmp(&a.score));
    kept
}

fn absorb_or_keep(kept: &mut Vec<Detection>, detection: Detection, policy: &Policy) {
    match kept.iter_mut().find(|k| iou(k.bbox, detection.bbox) > policy.merge_iou) {
        Some(same) => same.extent = union(same.extent, detection.extent),
        None => kept.push(detection),
    }
}

/// Intersection over union of two boxes `[x, y, width, height]`, 0 to 1.
pub fn iou(a: [f32; 4], b: [f32; 4]) -> f32 {
    let shared = intersection(a, b);
    let all = a[2] * a[3] + b[2] * b[3] - shared;
    if all > 0.0 { shared / all } else { 0.0 }
}

/// Share of `inner`'s area that lies in `outer`, 0 to 1.
fn containment(inner: [f32; 4], outer: [f32; 4]) -> f32 {
    let area = inner[2] * inner[3];
    if area > 0.0 { intersection(inner, outer) / area } else { 0.0 }
}

fn intersection(a: [f32; 4], b: [f32; 4]) -> f32 {
    let w = (a[0] + a[2]).min(b[0] + b[2]) - a[0].max(b[0]);
    let h = (a[1] + a[3]).min(b[1] + b[3]) - a[1].max(b[1]);
    w.max(0.0) * h.max(0.0)
}

fn union(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    let (x, y) = (a[0].min(b[0]), a[1].min(b[1]));
    let right = (a[0] + a[2]).max(b[0] + b[2]);
    let bottom = (a[1] + a[3]).max(b[1] + b[3]);
    [x, y, right - x, bottom - y]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(bbox: [f32; 4], score: f32, cut: bool) -> Detection {
        Detection { cut, ..Detection::new(bbox, score, [[0.0; 2]; 5]) }
    }

    #[test]
    fn the_extent_spans_every_find_of_the_face() {
        let found = vec![find([0.0, 0.0, 10.0, 10.0], 0.9, false), find([2.0, 0.0, 10.0, 10.0], 0.8, false)];
        let merged = merge(found, &Policy::default());
        assert_eq!(merged.len(), 1);
        assert_eq!(merged[0].bbox, [0.0, 0.0, 10.0, 10.0]);
        assert_eq!(merged[0].extent, [0.0, 0.0, 12.0, 10.0]);
    }

    #[test]
    fn neighbours_stay_apart() {
        let found = vec![find([0.0, 0.0, 10.0, 10.0], 0.9, false), find([8.0, 0.0, 10.0, 10.0], 0.8, false)];
        assert_eq!(merge(found, &Policy::default()).len(), 2);
    }

    #[test]
    fn half_a_face_at_a_tile_edge_gives_way_to_the_whole_even_if_it_scores_higher() {
        let found = vec![find([0.0, 0.0, 3.0, 10.0], 0.9, true), find([0.0, 0.0, 10.0, 10.0], 0.7, false)];
        let merged = merge(found, &Policy::default());
        assert_eq!(merged.len(), 1);
        assert_eq!(merged[0].score, 0.7);
    }

    #[test]
    fn half_a_face_that_nobody_saw_whole_is_kept() {
        assert_eq!(merge(vec![find([0.0, 0.0, 3.0, 10.0], 0.9, true)], &Policy::default()).len(), 1);
    }
}
