use proptest::prelude::*;

use super::*;
use crate::geometry::PixelRect;

/// A picture of arbitrary pixels, some covers in it, and other pixels to put under them.
#[derive(Debug, Clone)]
struct Case {
    frame: Frame,
    swapped: Frame,
    covers: Vec<Cover>,
}

fn cases() -> impl Strategy<Value = Case> {
    (1u32..70, 1u32..70).prop_flat_map(|(width, height)| {
        let pixels = || prop::collection::vec(any::<u8>(), 3 * (width * height) as usize);
        let shape = (0..width, 0..height, 1..=width, 1..=height, any::<bool>(), 0..=REDRAWS);
        (pixels(), pixels(), prop::collection::vec(shape, 0..5)).prop_map(move |(own, other, shapes)| {
            let cover = |(x, y, w, h, is_head, redraws): (u32, u32, u32, u32, bool, u8)| {
                let rect = PixelRect { x0: x, y0: y, x1: (x + w).min(width), y1: (y + h).min(height) };
                let cover = if is_head { head(rect, (width, height)) } else { area(rect) };
                Cover { redraws, ..cover }
            };
            let covers: Vec<Cover> = shapes.into_iter().map(cover).collect();
            let frame = Frame { width, height, rgb: own, alpha: None };
            let mut swapped = frame.clone();
            let other = Frame { rgb: other, ..frame.clone() };
            covers.iter().for_each(|cover| copy(&other, &mut swapped, &cover.mask));
            Case { frame, swapped, covers }
        })
    })
}

fn methods() -> impl Strategy<Value = Method> {
    prop_oneof![Just(Method::Soft), Just(Method::Solid), Just(Method::Mosaic), Just(Method::Sticker)]
}

/// A rectangle that is no head.
fn area(rect: PixelRect) -> Cover {
    Cover { mask: Mask::of_rect(rect), head: None, redraws: 0 }
}

/// A head tilted by a tenth in a rectangle.
fn head(rect: PixelRect, size: (u32, u32)) -> Cover {
    let [x, y, w, h] = rect.to_xywh().map(|side| side as f32);
    let numbers = [x + w / 2.0, y + h / 2.0, w / 2.0, h / 2.0, 0.1];
    let mask = mask_of(&crate::report::Shape::Ellipse(numbers), rect, size).expect("a sound ellipse");
    Cover { mask, head: Some(numbers), redraws: 0 }
}

fn copy(from: &Frame, to: &mut Frame, mask: &Mask) {
    for run in mask.runs() {
        let row = (run.y * from.width) as usize;
        let bytes = 3 * (row + run.from as usize)..3 * (row + run.to as usize);
        to.rgb[bytes.clone()].copy_from_slice(&from.rgb[bytes]);
    }
}

fn drawn(frame: &Frame, covers: &[Cover], method: Method) -> Frame {
    let mut frame = frame.clone();
    draw(&mut frame, covers, &method.into());
    frame
}

fn rect(x0: u32, y0: u32, x1: u32, y1: u32) -> PixelRect {
    PixelRect { x0, y0, x1, y1 }
}

proptest! {
    #[test]
    fn the_order_of_the_covers_does_not_matter(case in cases(), method in methods(), keys in prop::collection::vec(any::<u32>(), 5)) {
        let mut keyed: Vec<(u32, Cover)> = keys.into_iter().zip(case.covers.clone()).collect();
        keyed.sort_by_key(|(key, _)| *key);
        let reordered: Vec<Cover> = keyed.into_iter().map(|(_, cover)| cover).collect();
        prop_assert!(drawn(&case.frame, &case.covers, method) == drawn(&case.frame, &reordered, method));
    }

    #[test]
    fn what_lies_under_covers_does_not_change_the_picture(case in cases(), method in methods()) {
        prop_assert_eq!(drawn(&case.frame, &case.covers, method), drawn(&case.swapped, &case.covers, method));
    }

    #[test]
    fn what_may_not_be_read_does_not_change_what_is_drawn(case in cases(), method in methods(), reach in 0u32..4) {
        let size = (case.frame.width, case.frame.height);
        let hidden = Mask::union(case.covers.iter().map(|cover| &cover.mask));
        let unread = hidden.grown(reach, size);
        let area = Area { unread: unread.clone(), ..Area::exactly(hidden.clone()) };
        let drawn = |frame: &Frame| {
            let mut frame = frame.clone();
            Drawing::of(&frame, &area).draw(&mut frame, &case.covers, &method.into());
            frame
        };
        let mut carried = case.frame.clone();
        copy(&Frame { rgb: vec![7; case.frame.rgb.len()], ..case.frame.clone() }, &mut carried, &unread);
        let mut expected = carried.clone();
        copy(&drawn(&case.frame), &mut expected, &unread);
        prop_assert_eq!(drawn(&carried), expected);
    }

    #[test]
    fn pixels_outside_the_covers_stay(case in cases(), method in methods()) {
        let mut drawn = drawn(&case.frame, &case.covers, method);
        case.covers.iter().for_each(|cover| copy(&case.frame, &mut drawn, &cover.mask));
        prop_assert_eq!(drawn, case.frame);
    }

    #[test]
    fn covers_that_are_drawn_again_are_those_that_would_have_been_drawn_at_once(case in cases(), method in methods()) {
        let first: Vec<Cover> = case.covers.iter().map(|cover| Cover { redraws: 0, ..cover.clone() }).collect();
        let mask = Mask::union(case.covers.iter().map(|cover| &cover.mask));
        let mut redrawn = case.frame.clone();
        let drawing = Drawing::of(&redrawn, &Area::exactly(mask));
        drawing.draw(&mut redrawn, &first, &method.into());
        let changed: Vec<_> = case.covers.iter().filter(|cover| cover.redraws > 0).map(|cover| cover.mask.bounds()).collect();
        drawing.draw_in(&mut redrawn, &case.covers, &method.into(), &changed);
        prop_assert_eq!(redrawn, drawn(&case.frame, &case.covers, method));
    }

    #[test]
    fn grey_pictures_stay_grey(mut case in cases(), method in prop_oneof![Just(Method::Soft), Just(Method::Mosaic)]) {
        case.frame.rgb.chunks_exact_mut(3).for_each(|pixel| pixel.copy_from_slice(&[pixel[0]; 3]));
        let drawn = drawn(&case.frame, &case.covers, method);
        prop_assert!(drawn.rgb.chunks_exact(3).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]));
    }
}

#[test]
fn a_soft_cover_that_is_no_head_takes_the_colour_around_it() {
    let frame = Frame { width: 64, height: 64, rgb: [200, 100, 50].repeat(64 * 64), alpha: None };
    let drawn = drawn(&frame, &[area(rect(20, 20, 40, 40))], Method::Soft);
    let centre = &drawn.rgb[3 * (30 * 64 + 30)..][..3];
    for (value, expected) in centre.iter().zip([200i32, 100, 50]) {
        assert!((i32::from(*value) - expected).abs() <= 4, "{centre:?}");
    }
}

#[test]
fn a_soft_cover_runs_from_the_colour_on_one_side_to_that_on_the_other() {
    let row: Vec<u8> = (0..64u8).flat_map(|x| if x < 32 { [20; 3] } else { [220; 3] }).collect();
    let frame = Frame { width: 64, height: 64, rgb: row.repeat(64), alpha: None };
    let drawn = drawn(&frame, &[area(rect(16, 0, 48, 64))], Method::Soft);
    let grey = |x: usize| i32::from(drawn.rgb[3 * (32 * 64 + x)]);
    assert!(grey(18) < 80 && (80..160).contains(&grey(32)) && grey(46) > 160, "{} {} {}", grey(18), grey(32), grey(46));
}

#[test]
fn heads_that_touch_are_told_from_each_other() {
    let frame = Frame { width: 120, height: 80, rgb: vec![90; 3 * 120 * 80], alpha: None };
    let covers = [head(rect(10, 10, 60, 70), (120, 80)), head(rect(50, 14, 100, 74), (120, 80))];
    let drawn = drawn(&frame, &covers, Method::Soft);
    let grey = |x: usize| i32::from(drawn.rgb[3 * (42 * 120 + x)]);
    let between = (45..65).map(grey).min().expect("columns");
    assert!(grey(35) > between + 8 && grey(75) > between + 8, "{} {between} {}", grey(35), grey(75));
}

#[test]
fn covering_everything_gives_grey() {
    let frame = Frame { width: 1, height: 1, rgb: vec![255, 0, 0], alpha: None };
    let drawn = drawn(&frame, &[area(rect(0, 0, 1, 1))], Method::Soft);
    assert!(drawn.rgb.iter().all(|v| (120..=136).contains(v)), "{:?}", drawn.rgb);
}

#[test]
fn a_mosaic_has_six_cells_across_a_head() {
    let frame = Frame { width: 120, height: 120, rgb: vec![90; 3 * 120 * 120], alpha: None };
    let drawn = drawn(&frame, &[head(rect(0, 0, 120, 120), (120, 120))], Method::Mosaic);
    let row = &drawn.rgb.as_chunks::<3>().0[60 * 120..61 * 120];
    assert!((5..=7).contains(&row.chunk_by(|a, b| a == b).count()), "{row:?}");
}

#[test]
fn a_solid_cover_has_the_colour_that_was_asked_for() {
    let mut frame = Frame { width: 9, height: 9, rgb: vec![90; 3 * 81], alpha: None };
    draw(&mut frame, &[area(rect(2, 2, 5, 5))], &Style { colour: [1, 2, 3], ..Method::Solid.into() });
    assert_eq!(frame.rgb[3 * (3 * 9 + 3)..][..3], [1, 2, 3]);
}

#[test]
fn solid_heads_that_touch_can_be_told_from_each_other() {
    let size = (120, 60);
    let frame = Frame { width: size.0, height: size.1, rgb: vec![200; 3 * 120 * 60], alpha: None };
    let middle = |heads: &[PixelRect]| {
        let covers: Vec<Cover> = heads.iter().map(|rect| head(*rect, size)).collect();
        let drawn = drawn(&frame, &covers, Method::Solid);
        drawn.rgb.as_chunks::<3>().0[30 * 120..][20..100].to_vec()
    };
    let colour = Style::default().colour;
    assert!(middle(&[rect(0, 0, 120, 60)]).iter().all(|pixel| *pixel == colour));
    let touching = middle(&[rect(10, 2, 65, 58), rect(55, 4, 110, 56)]);
    assert_ne!(touching[30..50].iter().filter(|pixel| **pixel != colour).count(), 0);
}
