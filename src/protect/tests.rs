use proptest::prelude::*;

use super::*;
use crate::prove::Patch;

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
        let rects = prop::collection::vec((0..width, 0..height, 1..=width, 1..=height), 0..5);
        (pixels(), pixels(), rects).prop_map(move |(own, other, rects)| {
            let covers: Vec<Cover> = rects.into_iter().map(|(x, y, w, h)| cover(x, y, w, h, width, height)).collect();
            let frame = Frame { width, height, rgb: own, alpha: None };
            let mut swapped = frame.clone();
            let other = Frame { rgb: other, ..frame.clone() };
            for c in &covers {
                copy(&other, &mut swapped, c.rect);
            }
            Case { frame, swapped, covers }
        })
    })
}

fn cover(x: u32, y: u32, w: u32, h: u32, width: u32, height: u32) -> Cover {
    let rect = PixelRect { x0: x, y0: y, x1: (x + w).min(width), y1: (y + h).min(height) };
    Cover { rect, face_width: w as f32, redraws: 0 }
}

fn copy(from: &Frame, to: &mut Frame, rect: PixelRect) {
    for y in rect.y0..rect.y1 {
        for x in rect.x0..rect.x1 {
            let at = (y * from.width + x) as usize;
            to.rgb[3 * at..3 * at + 3].copy_from_slice(&from.rgb[3 * at..3 * at + 3]);
        }
    }
}

proptest! {
    #[test]
    fn the_order_of_the_covers_does_not_matter(
        case in cases(),
        soft in any::<bool>(),
        keys in prop::collection::vec((any::<u32>(), 0..=REDRAWS), 5),
    ) {
        let method = if soft { Method::Soft } else { Method::Solid };
        let keyed = case.covers.iter().zip(&keys).map(|(cover, (key, redraws))| (*key, Cover { redraws: *redraws, ..*cover }));
        let mut keyed: Vec<(u32, Cover)> = keyed.collect();
        let drawn = |covers: &[(u32, Cover)]| {
            let mut frame = case.frame.clone();
            let covers: Vec<Cover> = covers.iter().map(|(_, cover)| *cover).collect();
            draw(&mut frame, &covers, method).expect("content-free methods do not fail");
            frame
        };
        let in_one_order = drawn(&keyed);
        keyed.sort_by_key(|(key, _)| *key);
        prop_assert!(in_one_order == drawn(&keyed));
    }

    #[test]
    fn what_lies_under_content_free_covers_does_not_change_the_picture(case in cases(), soft in any::<bool>(), redraws in 0..=REDRAWS) {
        let method = if soft { Method::Soft } else { Method::Solid };
        let covers: Vec<Cover> = case.covers.iter().map(|c| Cover { redraws, ..*c }).collect();
        let drawn = |mut frame: Frame| {
            draw(&mut frame, &covers, method).expect("content-free methods do not fail");
            frame
        };
        prop_assert_eq!(drawn(case.frame.clone()), drawn(case.swapped.clone()));
    }

    #[test]
    fn what_lies_under_covers_does_not_change_the_parts_of_them_that_are_drawn(case in cases(), inset in 0u32..8) {
        let inner = |c: &Cover| PixelRect { x0: c.rect.x0 + inset, y0: c.rect.y0 + inset, ..c.rect };
        let parts: Vec<PixelRect> = case.covers.iter().map(inner).filter(|rect| rect.width() > 0 && rect.height() > 0).collect();
        let drawn = |mut frame: Frame| {
            SoftFills::draw(&mut frame, &case.covers, parts.clone());
            frame
        };
        let (own, swapped) = (drawn(case.frame.clone()), drawn(case.swapped.clone()));
        let mut expected = case.swapped.clone();
        parts.iter().for_each(|part| copy(&own, &mut expected, *part));
        prop_assert_eq!(swapped, expected);
    }

    #[test]
    fn pixels_outside_the_covers_stay(case in cases(), method in prop_oneof![Just(Method::Soft), Just(Method::Solid), Just(Method::Mosaic)]) {
        let mut drawn = case.frame.clone();
        draw(&mut drawn, &case.covers, method).expect("drawn");
        for cover in &case.covers {
            copy(&case.frame, &mut drawn, cover.rect);
        }
        prop_assert_eq!(drawn, case.frame);
    }
}

proptest! {
    #[test]
    fn redrawn_fills_are_those_that_would_have_been_drawn_at_once(case in cases(), redraws in prop::collection::vec(0..=REDRAWS, 5)) {
        let covers: Vec<Cover> = case.covers.iter().zip(redraws).map(|(c, redraws)| Cover { redraws, ..*c }).collect();
        let mut redrawn = case.frame.clone();
        let everywhere = covers.iter().map(|cover| cover.rect).collect();
        let mut fills = SoftFills::draw(&mut redrawn, &case.covers, everywhere);
        for count in 0..=covers.len() {
            let some: Vec<Cover> = covers[..count].iter().chain(&case.covers[count..]).copied().collect();
            fills.redraw(&mut redrawn, &some);
        }
        let mut drawn = case.frame;
        draw(&mut drawn, &covers, Method::Soft).expect("drawn");
        prop_assert_eq!(redrawn, drawn);
    }
}

#[test]
fn a_redrawn_fill_changes_its_neighbours_and_not_the_rest_of_its_group() {
    let noise = (0..3 * 400 * 60u32).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 24) as u8).collect();
    let picture = Frame { width: 400, height: 60, rgb: noise, alpha: None };
    let row: Vec<Cover> = (0..10).map(|i| cover(40 * i, 10, 40, 40, 400, 60)).collect();
    let drawn = |covers: &[Cover]| {
        let mut frame = picture.clone();
        draw(&mut frame, covers, Method::Soft).expect("drawn");
        frame
    };
    let mut redrawn = row.clone();
    redrawn[0].redraws = REDRAWS;
    let (before, after) = (drawn(&row), drawn(&redrawn));
    let changed = |cover: &Cover| Patch::of(&before, cover.rect) != Patch::of(&after, cover.rect);
    assert!(changed(&row[0]) && changed(&row[1]));
    assert!(!row[3..].iter().any(changed));
}

#[test]
fn a_soft_cover_on_one_colour_takes_that_colour() {
    let mut frame = Frame { width: 64, height: 64, rgb: [200, 100, 50].repeat(64 * 64), alpha: None };
    draw(&mut frame, &[cover(20, 20, 20, 20, 64, 64)], Method::Soft).expect("drawn");
    let centre = &frame.rgb[3 * (30 * 64 + 30)..][..3];
    for (value, expected) in centre.iter().zip([200i32, 100, 50]) {
        assert!((i32::from(*value) - expected).abs() <= 4, "{centre:?}");
    }
}

#[test]
fn a_soft_cover_runs_from_the_colour_on_one_side_to_that_on_the_other() {
    let row: Vec<u8> = (0..64u8).flat_map(|x| if x < 32 { [20; 3] } else { [220; 3] }).collect();
    let mut frame = Frame { width: 64, height: 64, rgb: row.repeat(64), alpha: None };
    draw(&mut frame, &[cover(16, 0, 32, 64, 64, 64)], Method::Soft).expect("drawn");
    let grey = |x: usize| i32::from(frame.rgb[3 * (32 * 64 + x)]);
    assert!(grey(18) < 80 && (80..160).contains(&grey(32)) && grey(46) > 160, "{} {} {}", grey(18), grey(32), grey(46));
}

#[test]
fn covering_everything_gives_grey() {
    let mut frame = Frame { width: 1, height: 1, rgb: vec![255, 0, 0], alpha: None };
    draw(&mut frame, &[cover(0, 0, 1, 1, 1, 1)], Method::Soft).expect("drawn");
    assert!(frame.rgb.iter().all(|v| (125..=131).contains(v)), "{:?}", frame.rgb);
}

#[test]
fn a_mosaic_has_at_most_six_cells_across_the_face_and_a_quarter_random() {
    let mut frame = Frame { width: 120, height: 120, rgb: vec![90; 3 * 120 * 120], alpha: None };
    draw(&mut frame, &[cover(0, 0, 120, 120, 120, 120)], Method::Mosaic).expect("drawn");
    let cells = (0..6).flat_map(|row| (0..6).map(move |column| (20 * row * 120 + 20 * column) * 3));
    let random = cells.filter(|&at| frame.rgb[at..at + 3] != [90; 3]).count();
    assert!(random >= 9, "{random} of 36");
}

#[test]
fn touching_covers_are_one_group() {
    let covers = [cover(0, 0, 10, 10, 100, 100), cover(50, 50, 5, 5, 100, 100), cover(10, 0, 10, 10, 100, 100)];
    let groups = groups(&covers, &Places::of(covers.iter().map(|cover| cover.rect)));
    assert_eq!(groups.len(), 2);
}
