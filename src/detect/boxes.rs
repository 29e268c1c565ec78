//! Boxes `[x, y, width, height]`.

/// Intersection over union of two boxes, 0 to 1.
pub fn iou(a: [f32; 4], b: [f32; 4]) -> f32 {
    let shared = intersection(a, b);
    let all = a[2] * a[3] + b[2] * b[3] - shared;
    if all > 0.0 { shared / all } else { 0.0 }
}

/// Share of `inner`'s area that lies in `outer`, 0 to 1.
pub(super) fn containment(inner: [f32; 4], outer: [f32; 4]) -> f32 {
    let area = inner[2] * inner[3];
    if area > 0.0 { intersection(inner, outer) / area } else { 0.0 }
}

fn intersection(a: [f32; 4], b: [f32; 4]) -> f32 {
    let w = (a[0] + a[2]).min(b[0] + b[2]) - a[0].max(b[0]);
    let h = (a[1] + a[3]).min(b[1] + b[3]) - a[1].max(b[1]);
    w.max(0.0) * h.max(0.0)
}

/// The smallest box that holds both.
pub(super) fn union(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    let (x, y) = (a[0].min(b[0]), a[1].min(b[1]));
    let right = (a[0] + a[2]).max(b[0] + b[2]);
    let bottom = (a[1] + a[3]).max(b[1] + b[3]);
    [x, y, right - x, bottom - y]
}
