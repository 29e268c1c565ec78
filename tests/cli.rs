//! The command line as a person or a program uses it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[path = "common/schema.rs"]
mod schema;

const PORTRAIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/photos/astronaut.jpg");
const NOBODY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/photos/coffee.png");

fn tarnkappe(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tarnkappe")).args(arguments).current_dir(folder).output().expect("it starts")
}

/// The reports on standard output, each of which fits the schema.
fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    let reports: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    reports.iter().for_each(|report| schema::check_report(report).expect("it fits docs/report.schema.json"));
    reports
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn copies(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn check_exits_with_1_if_a_face_is_found() {
    let output = tarnkappe(folder().path(), &["check", "--json", PORTRAIT]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(lines(&output)[0]["regions"].as_array().map(Vec::len), Some(1));
}

#[test]
fn check_exits_with_0_if_nothing_is_found() {
    let folder = folder();
    tarnkappe(folder.path(), &["protect", "--out", "clean", NOBODY]);
    assert_eq!(tarnkappe(folder.path(), &["check", "clean"]).status.code(), Some(0));
}

#[test]
fn wrong_usage_exits_with_2() {
    assert_eq!(tarnkappe(folder().path(), &["check"]).status.code(), Some(2));
    assert_eq!(tarnkappe(folder().path(), &["protect", "--method", "blur", PORTRAIT]).status.code(), Some(2));
}

#[test]
fn a_bad_file_exits_with_3_and_the_others_go_on() {
    let folder = folder();
    std::fs::write(folder.path().join("empty.jpg"), b"").expect("written");
    std::fs::write(folder.path().join("text.jpg"), b"not a picture").expect("written");
    let output = tarnkappe(folder.path(), &["check", "--json", "empty.jpg", "text.jpg", "missing.jpg", ".", NOBODY]);
    assert_eq!(output.status.code(), Some(3));
    let codes: Vec<Value> = lines(&output).iter().map(|line| line["error"]["code"].clone()).collect();
    assert_eq!(
        codes,
        ["empty", "unknown-format", "unreadable", "empty", "unknown-format", "null"]
            .map(|code| { if code == "null" { Value::Null } else { Value::from(code) } })
    );
}

#[test]
fn protect_writes_a_proved_copy_with_a_name_of_its_own() {
    let folder = folder();
    let output = tarnkappe(folder.path(), &["protect", "--json", "--out", "clean", PORTRAIT]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(copies(&folder.path().join("clean")), ["photo-0001.jpg"]);
    assert_eq!(lines(&output)[0]["proof"]["ok"], true);
}

#[test]
fn protect_never_replaces_a_file() {
    let folder = folder();
    std::fs::copy(PORTRAIT, folder.path().join("a.jpg")).expect("copied");
    let before = std::fs::read(PORTRAIT).expect("read");
    let arguments = ["protect", "--keep-names", "--out", ".", "a.jpg"];
    assert_eq!(tarnkappe(folder.path(), &arguments).status.code(), Some(0));
    assert_eq!(std::fs::read(folder.path().join("a.jpg")).expect("read"), before);
    let mut names = copies(folder.path());
    names.sort();
    assert_eq!(names, ["a-2.jpg", "a.jpg"]);
}

#[test]
fn a_region_is_covered_instead_of_faces() {
    let folder = folder();
    std::fs::write(folder.path().join("regions.json"), r#"{"coffee.png": [[100, 50, 60, 70]]}"#).expect("written");
    let output = tarnkappe(folder.path(), &["protect", "--json", "--regions", "regions.json", NOBODY]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(lines(&output)[0]["regions"][0]["cover"]["bounds"], serde_json::json!([100, 50, 60, 70]));
}

#[test]
fn a_jpeg_is_compressed_again_where_that_is_asked_for() {
    let folder = folder();
    for (option, code) in [(&[][..], Value::Null), (&["--recompress"], "compressed-again".into())] {
        let arguments = [&["protect", "--json"], option, &[PORTRAIT]].concat();
        assert_eq!(lines(&tarnkappe(folder.path(), &arguments))[0]["notes"][0]["code"], code);
    }
}

#[test]
fn copies_are_as_small_as_is_asked_for() {
    let folder = folder();
    let output = tarnkappe(folder.path(), &["protect", "--json", "--long-side", "200", PORTRAIT]);
    let report = &lines(&output)[0];
    let copy = image::open(folder.path().join(report["output"].as_str().expect("proved"))).expect("a picture");
    assert_eq!((copy.width(), copy.height()), (200, 200));
    for wrong in ["15", "65536", "-1", "1e3"] {
        let output = tarnkappe(folder.path(), &["protect", &format!("--long-side={wrong}"), PORTRAIT]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}

/// A picture of the portrait's size, black but for a square of 40 pixels.
fn mask(width: u32, height: u32) -> image::GrayImage {
    image::GrayImage::from_fn(width, height, |x, y| {
        image::Luma([u8::from((200..240).contains(&x) && (90..130).contains(&y))])
    })
}

#[test]
fn covers_have_the_shapes_that_the_regions_file_gives_them() {
    let folder = folder();
    mask(512, 512).save(folder.path().join("mask.png")).expect("written");
    let shapes = [
        (r#"{"ellipse": [220, 110, 60, 80, 0.2]}"#, "ellipse"),
        (r#"{"polygon": [[100, 100], [300, 90], [120, 300], [280, 310]]}"#, "polygon"),
        (r#"{"brush": {"points": [[100, 100], [300, 120]], "radius": 30}}"#, "brush"),
        (r#"{"mask": "mask.png"}"#, "mask"),
        ("[100, 50, 60, 70]", "rectangle"),
    ];
    for (shape, name) in shapes {
        std::fs::write(folder.path().join("regions.json"), format!(r#"{{"astronaut.jpg": [{shape}]}}"#))
            .expect("written");
        for method in ["soft", "solid", "mosaic", "sticker"] {
            let arguments = ["protect", "--json", "--regions", "regions.json", "--method", method, PORTRAIT];
            let report = &lines(&tarnkappe(folder.path(), &arguments))[0];
            assert_eq!(report["regions"][0]["cover"]["shape"], name);
            assert_eq!(report["error"], Value::Null, "{shape} {method}");
        }
    }
}

#[test]
fn a_photo_that_is_opened_smaller_has_regions_in_that_size() {
    let folder = folder();
    let portrait = image::open(PORTRAIT).expect("a JPEG").resize(1400, 1400, image::imageops::FilterType::Triangle);
    portrait.save(folder.path().join("large.jpg")).expect("written");
    mask(700, 700).save(folder.path().join("mask.png")).expect("written");
    let regions = r#"{"large.jpg": [{"mask": "mask.png"}, [190, 10, 230, 260]]}"#;
    std::fs::write(folder.path().join("regions.json"), regions).expect("written");
    let arguments = ["protect", "--json", "--regions", "regions.json", "--max-megapixels", "1", "large.jpg"];
    let output = tarnkappe(folder.path(), &arguments);
    let report = &lines(&output)[0];
    assert_eq!((&report["error"], &report["proof"]["ok"]), (&Value::Null, &Value::from(true)));
    assert_eq!((&report["width"], &report["full_size"]), (&Value::from(700), &Value::from(vec![1400, 1400])));
    assert!(stderr(&output).contains("in 700 x 700 pixels, as it was opened, not 1400 x 1400"), "{}", stderr(&output));
    let copy = image::open(folder.path().join("protected/photo-0001.jpg")).expect("a JPEG");
    assert_eq!((copy.width(), copy.height()), (700, 700));
    let text = tarnkappe(folder.path(), &["check", "--max-megapixels", "1", "large.jpg"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("1400 x 1400 pixels, more than can be opened"));
}

#[test]
fn regions_in_the_own_size_of_a_photo_that_is_opened_smaller_are_refused() {
    let folder = folder();
    let portrait = image::open(PORTRAIT).expect("a JPEG").resize(1400, 1400, image::imageops::FilterType::Triangle);
    portrait.save(folder.path().join("large.jpg")).expect("written");
    // Each would cover a strip at the edge of the half that is opened.
    let regions = [
        "[650, 100, 200, 200]",
        r#"{"ellipse": [100, 740, 60, 60, 0]}"#,
        r#"{"polygon": [[690, 100], [900, 100], [800, 300]]}"#,
        r#"{"brush": {"points": [[690, 100], [900, 120]], "radius": 30}}"#,
    ];
    for region in regions {
        let file = format!(r#"{{"large.jpg": [[190, 10, 230, 260], {region}]}}"#);
        std::fs::write(folder.path().join("regions.json"), file).expect("written");
        let arguments = ["protect", "--json", "--regions", "regions.json", "--max-megapixels", "1", "large.jpg"];
        let output = tarnkappe(folder.path(), &arguments);
        let error = &lines(&output)[0]["error"];
        assert_eq!((output.status.code(), &error["code"]), (Some(3), &"region-outside".into()), "{region}");
        assert!(error["message"].as_str().is_some_and(|message| message.contains("700 x 700")), "{error}");
        assert_eq!(copies(&folder.path().join("protected")), [""; 0]);
    }
}

#[test]
fn shapes_that_cover_nothing_or_are_wrong_are_refused_and_nothing_is_saved() {
    let folder = folder();
    mask(512, 511).save(folder.path().join("other-size.png")).expect("written");
    image::GrayImage::new(512, 512).save(folder.path().join("black.png")).expect("written");
    let shapes = [
        r#"{"ellipse": [220, 110, 0, 80, 0.2]}"#,
        r#"{"ellipse": [220, 110, 10, 80]}"#,
        r#"{"ellipse": [9000, 110, 10, 80, 0]}"#,
        r#"{"polygon": [[100, 100], [300, 90]]}"#,
        r#"{"brush": {"points": [], "radius": 30}}"#,
        r#"{"brush": {"points": [[100, 100]], "radius": 0}}"#,
        r#"{"mask": "other-size.png"}"#,
        r#"{"mask": "black.png"}"#,
        r#"{"mask": "nowhere.png"}"#,
        r#"{"circle": [10, 10, 5]}"#,
        r#"{"ellipse": [220, 110, 60, 80, 0], "ellipse": [30, 420, 8, 12, 0]}"#,
        r#"{"brush": {"points": [[100, 100], [300, 120]], "radius": 30, "radius": 1}}"#,
    ];
    for shape in shapes {
        std::fs::write(folder.path().join("regions.json"), format!(r#"{{"astronaut.jpg": [{shape}]}}"#))
            .expect("written");
        let output = tarnkappe(folder.path(), &["protect", "--json", "--regions", "regions.json", PORTRAIT]);
        assert_eq!(output.status.code(), Some(3), "{shape}");
        assert!(
            lines(&output)[0]["output"].is_null() && copies(&folder.path().join("protected")).is_empty(),
            "{shape}"
        );
    }
}

#[test]
fn a_cover_with_gaps_fails_the_proof() {
    let folder = folder();
    let dotted = |x: u32, y: u32| !(x.is_multiple_of(4) && y.is_multiple_of(4));
    let hatched = |_: u32, y: u32| !y.is_multiple_of(16);
    for covers in [&dotted as &dyn Fn(u32, u32) -> bool, &hatched] {
        let gaps = image::GrayImage::from_fn(512, 512, |x, y| image::Luma([255 * u8::from(covers(x, y))]));
        gaps.save(folder.path().join("gaps.png")).expect("written");
        std::fs::write(folder.path().join("regions.json"), r#"{"portrait.png": [{"mask": "gaps.png"}]}"#)
            .expect("written");
        image::open(PORTRAIT).expect("a JPEG").save(folder.path().join("portrait.png")).expect("written");
        for method in ["soft", "solid", "mosaic"] {
            let arguments = ["protect", "--json", "--regions", "regions.json", "--method", method, "portrait.png"];
            let output = tarnkappe(folder.path(), &arguments);
            assert_eq!((output.status.code(), &lines(&output)[0]["output"]), (Some(1), &Value::Null), "{method}");
        }
    }
}

#[test]
fn a_face_that_the_regions_leave_open_is_in_the_report() {
    let folder = folder();
    // Some editors write a byte order mark.
    std::fs::write(folder.path().join("regions.json"), "\u{FEFF}{\"astronaut.jpg\": [[0, 400, 20, 20]]}")
        .expect("written");
    let output = tarnkappe(folder.path(), &["protect", "--json", "--regions", "regions.json", PORTRAIT]);
    let report = &lines(&output)[0];
    assert_eq!((output.status.code(), &report["regions"][1]["decision"]), (Some(0), &"open".into()));
    let checks = report["proof"]["checks"].as_array().expect("a list");
    let outside = checks.iter().find(|check| check["name"] == "faces-outside").expect("of every proof");
    assert_eq!(outside["regions"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_option_of_another_method_is_said_to_have_no_effect() {
    let folder = folder();
    for (arguments, said) in [
        (["--colour", "1f6f6b", "--method", "soft"], "warning: --colour is for --method solid, and has no effect\n"),
        (["--sticker", "cat", "--method", "solid"], "warning: --sticker is for --method sticker, and has no effect\n"),
        (["--sticker", "cat", "--method", "sticker"], ""),
    ] {
        let output = tarnkappe(folder.path(), &[&["protect"], &arguments[..], &[NOBODY]].concat());
        assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(0), said));
    }
}

#[test]
fn a_solid_cover_has_the_colour_that_was_asked_for() {
    let folder = folder();
    std::fs::write(folder.path().join("regions.json"), r#"{"coffee.png": [[100, 50, 60, 70]]}"#).expect("written");
    let arguments =
        ["protect", "--json", "--regions", "regions.json", "--method", "solid", "--colour", "1f6f6b", NOBODY];
    let report = &lines(&tarnkappe(folder.path(), &arguments))[0];
    let path = folder.path().join(report["output"].as_str().expect("a copy"));
    assert_eq!(image::open(path).expect("a picture").to_rgb8().get_pixel(130, 80).0, [0x1f, 0x6f, 0x6b]);
    let wrong = ["protect", "--method", "solid", "--colour", "teal", NOBODY];
    assert_eq!(tarnkappe(folder.path(), &wrong).status.code(), Some(2));
}

#[test]
fn a_picture_that_the_regions_do_not_mention_is_not_saved() {
    let folder = folder();
    std::fs::write(folder.path().join("regions.json"), "{}").expect("written");
    let output = tarnkappe(folder.path(), &["protect", "--json", "--regions", "regions.json", NOBODY]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(lines(&output)[0]["error"]["code"], "no-regions");
    assert_eq!(copies(&folder.path().join("protected")), [""; 0]);
}

#[test]
fn the_same_photo_gives_the_same_copy() {
    let folder = folder();
    for _ in 0..2 {
        tarnkappe(folder.path(), &["protect", "--out", "clean", PORTRAIT]);
    }
    let read = |name: &str| std::fs::read(folder.path().join("clean").join(name)).expect("written");
    assert!(read("photo-0001.jpg") == read("photo-0002.jpg"));
}

#[test]
fn verify_accepts_a_clean_copy_and_refuses_the_original() {
    let folder = folder();
    tarnkappe(folder.path(), &["protect", "--out", "clean", PORTRAIT]);
    assert_eq!(tarnkappe(folder.path(), &["verify", PORTRAIT, "clean/photo-0001.jpg"]).status.code(), Some(0));
    assert_eq!(tarnkappe(folder.path(), &["verify", PORTRAIT, PORTRAIT]).status.code(), Some(1));
}

const CENTERFACE_ONNX: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/centerface.onnx");

/// Checks the portrait with a custom detector that has this description.
fn check_with_detector(onnx: &str, spec: &str) -> Output {
    let folder = folder();
    std::fs::write(folder.path().join("spec.json"), spec).expect("written");
    tarnkappe(folder.path(), &["check", "--json", "--detector", onnx, "--detector-spec", "spec.json", PORTRAIT])
}

#[test]
fn what_a_custom_detector_found_too_makes_no_cover_smaller() {
    let spec = r#"{"input": {"channels": "rgb", "sides": {"multipleOf": 32}}, "head": "centerface"}"#;
    let plain = lines(&tarnkappe(folder().path(), &["check", "--json", PORTRAIT]));
    let both = lines(&check_with_detector(CENTERFACE_ONNX, spec));
    assert_eq!(both[0]["regions"][0]["box"], plain[0]["regions"][0]["box"]);
    let bounds = |report: &Value| report["regions"][0]["cover"]["bounds"].clone();
    let area = |report: &Value| bounds(report)[2].as_u64().zip(bounds(report)[3].as_u64());
    let [both, plain] = [both, plain].map(|report| area(&report[0]).map(|(width, height)| width * height));
    assert!(both >= plain, "{both:?} {plain:?}");
}

#[test]
fn no_photo_is_scanned_without_the_detector_that_was_asked_for() {
    for (onnx, spec, code) in [
        (PORTRAIT, r#"{"input": {"channels": "rgb", "sides": {"multipleOf": 8}}, "head": "yunet"}"#, "model-not-onnx"),
        (CENTERFACE_ONNX, "{}", "model-spec"),
    ] {
        let output = check_with_detector(onnx, spec);
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(lines(&output)[0]["error"]["code"], code);
    }
}

/// Protects the portrait with this regions file: the output, and the copies that were saved.
fn protect_with_regions(regions: &str) -> (Output, Vec<String>) {
    let folder = folder();
    std::fs::write(folder.path().join("regions.json"), regions).expect("written");
    let output = tarnkappe(folder.path(), &["protect", "--json", "--regions", "regions.json", PORTRAIT]);
    (output, copies(&folder.path().join("protected")))
}

#[test]
fn covers_that_cover_nothing_are_refused_by_name_and_nothing_is_saved() {
    let cases = [
        (r#"{"astronaut.jpg": [[5000, 5000, 100, 100]]}"#, "region-outside"),
        (r#"{"astronaut.jpg": [[10, 10, 1e-30, 1e-30]]}"#, "region-empty"),
        (r#"{"astronaut.jpg": [[10, 10, 50, -50]]}"#, "region-negative"),
        (r#"{"astronaut.jpg": [[10, 10, 50, 1e39]]}"#, "region-not-finite"),
        (r#"{"astronaut.jpg": [[10, 10, 50]]}"#, "bad-region"),
        (r#"{"schema": 1, "file": "astronaut.jpg", "faces": []}"#, "schema"),
        (r#"{"astronaut.jpg": [{"box": [10, 10, 50, 50], "colour": "red"}]}"#, "bad-region"),
        (r#"{"astronaut.jpg": [[150, 20, 160, 200]], "astronaut.jpg": []}"#, "duplicate-regions"),
        (r#"{"astronaut.jpg": [[150, 20, 160, 200], [5000, 5000, 9, 9]]}"#, "region-outside"),
    ];
    for (regions, code) in cases {
        let (output, copies) = protect_with_regions(regions);
        assert_eq!(output.status.code(), Some(3), "{regions}");
        assert_eq!(lines(&output)[0]["error"]["code"], code, "{regions}");
        assert_eq!(copies, [""; 0], "{regions}");
    }
}

#[test]
fn a_cover_from_below_the_eyes_down_fails_and_shows_the_face() {
    let (output, copies) = protect_with_regions(r#"{"astronaut.jpg": [[180, 115, 110, 80]]}"#);
    assert_eq!((output.status.code(), copies), (Some(1), vec![]));
    let checks = lines(&output)[0]["proof"]["checks"].clone();
    let check = checks.as_array().expect("checks").iter().find(|check| check["name"] == "faces-partly-covered");
    let check = check.expect("the check");
    assert_eq!((&check["ok"], &check["detail"]), (&false.into(), &"1 face is only partly covered".into()));
    assert_eq!(check["regions"].as_array().map(Vec::len), Some(1));
}

#[test]
fn no_threshold_lets_a_bare_face_out() {
    let folder = folder();
    for threshold in ["0.99", "1"] {
        let output = tarnkappe(folder.path(), &["protect", "--out", "clean", "--threshold", threshold, PORTRAIT]);
        assert_eq!(output.status.code(), Some(0));
    }
    for copy in copies(&folder.path().join("clean")) {
        let output = tarnkappe(&folder.path().join("clean"), &["check", "--json", &copy]);
        assert_eq!(lines(&output)[0]["regions"], serde_json::json!([]), "{copy}");
    }
}

#[test]
fn a_threshold_that_is_no_probability_is_wrong_usage() {
    for threshold in ["1.01", "-0.1", "NaN", "inf", "much"] {
        let threshold = format!("--threshold={threshold}");
        assert_eq!(tarnkappe(folder().path(), &["check", &threshold, PORTRAIT]).status.code(), Some(2), "{threshold}");
    }
}

/// Protects these pictures, which are all the same, with this regions file: the exit status, the error of each, standard error,
/// and how many copies were saved.
fn protect_all(pictures: &[&str], arguments: &[&str], regions: &str) -> (Option<i32>, Vec<Value>, String, usize) {
    let folder = folder();
    for picture in pictures {
        let path = folder.path().join(picture);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::copy(NOBODY, path).expect("copied");
    }
    std::fs::write(folder.path().join("regions.json"), regions).expect("written");
    let arguments = [&["protect", "--json", "--out", "clean", "--regions", "regions.json"], arguments].concat();
    let output = tarnkappe(folder.path(), &arguments);
    let codes = lines(&output).iter().map(|line| line["error"]["code"].clone()).collect();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), codes, stderr, copies(&folder.path().join("clean")).len())
}

#[test]
fn a_file_name_that_several_pictures_have_names_none_of_them() {
    let pictures = ["x/p.png", "y/p.png", "q.png"];
    let regions = r#"{"p.png": [[10, 10, 60, 70]], "q.png": []}"#;
    let (status, codes, _, copies) = protect_all(&pictures, &pictures, regions);
    assert_eq!((status, copies), (Some(3), 1));
    assert_eq!(codes, [Value::from("ambiguous-regions"), Value::from("ambiguous-regions"), Value::Null]);
}

#[test]
fn paths_distinguish_pictures_of_one_name() {
    let regions = r#"{"p.png": [], "./x/p.png": [[10, 10, 60, 70]], "x/../y/p.png": []}"#;
    let (status, codes, _, copies) = protect_all(&["p.png", "x/p.png", "y/p.png"], &["p.png", "x", "./y"], regions);
    assert_eq!((status, codes, copies), (Some(0), vec![Value::Null; 3], 3));
}

#[test]
fn two_entries_for_one_picture_are_refused_however_they_name_it() {
    for other in ["p.png", "./a/p.png", "a/../a/p.png"] {
        let regions = format!(r#"{{"{other}": [[10, 10, 60, 70]], "a/p.png": []}}"#);
        let (status, codes, _, copies) = protect_all(&["a/p.png"], &["a/p.png"], &regions);
        assert_eq!((status, codes, copies), (Some(3), vec![Value::from("duplicate-regions")], 0), "{other}");
    }
}

#[test]
fn an_entry_for_no_picture_is_reported_and_is_wrong_usage() {
    let regions = r#"{"p.png": [], "P 1.png": [[10, 10, 60, 70]]}"#;
    let (status, codes, stderr, copies) = protect_all(&["p.png"], &["p.png"], regions);
    assert_eq!((status, codes, copies), (Some(2), vec![Value::Null], 1));
    assert!(stderr.contains("\"P 1.png\""), "{stderr}");
}

#[test]
fn a_line_of_99_million_pixels_does_not_end_the_batch() {
    let folder = folder();
    let path = folder.path().join("line.png");
    image::GrayImage::new(99_000_000, 1).save(path).expect("written");
    let start = std::time::Instant::now();
    let output = tarnkappe(folder.path(), &["check", "--json", "line.png", NOBODY]);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    let codes: Vec<Value> = lines(&output).iter().map(|line| line["error"]["code"].clone()).collect();
    assert_eq!(codes, [Value::from("side-too-long"), Value::Null]);
}

/// The report with the field at this place renamed; a number is a place in a list.
fn renamed(report: &Value, path: &[&str]) -> Value {
    let mut report = report.clone();
    let (name, folders) = path.split_last().expect("a field");
    let holder = folders.iter().fold(&mut report, |value, place| match place.parse::<usize>() {
        Ok(index) => &mut value[index],
        Err(_) => &mut value[*place],
    });
    let fields = holder.as_object_mut().expect("an object");
    let field = fields.remove(*name).expect("the field");
    fields.insert(format!("{name}_"), field);
    report
}

#[test]
fn reports_of_every_command_fit_the_schema_and_changed_ones_do_not() {
    let folder = folder();
    std::fs::write(folder.path().join("text.jpg"), "not a picture").expect("written");
    let leaky = [&std::fs::read(PORTRAIT).expect("read"), "after the end".as_bytes()].concat();
    std::fs::write(folder.path().join("IMG_20240131_101112.jpg"), leaky).expect("written");
    let files = ["text.jpg", "IMG_20240131_101112.jpg"];
    let checked = lines(&tarnkappe(folder.path(), &["check", "--json", "--thorough", files[0], files[1]]));
    let protected = lines(&tarnkappe(folder.path(), &["protect", "--json", files[1]]));
    let copy = protected[0]["output"].as_str().expect("a copy");
    let verified = lines(&tarnkappe(folder.path(), &["verify", "--json", files[1], copy]));

    let top = [
        "schema",
        "file",
        "regions",
        "leaks",
        "parts",
        "notes",
        "skipped",
        "not_checked",
        "proof",
        "timings_ms",
        "error",
    ];
    for report in checked.iter().chain(&protected).chain(&verified) {
        for name in top {
            assert!(schema::check_report(&renamed(report, &[name])).is_err(), "{name}");
        }
    }
    let fields: [(&Value, &[&str]); 9] = [
        (&checked[0], &["error", "code"]),
        (&checked[1], &["leaks", "0", "where"]),
        (&checked[1], &["leaks", "0", "words", "code"]),
        (&checked[1], &["parts", "0", "offset"]),
        (&checked[1], &["regions", "0", "box"]),
        (&checked[1], &["regions", "0", "identifiability", "level"]),
        (&protected[0], &["regions", "0", "cover", "bounds"]),
        (&protected[0], &["proof", "checks", "0", "name"]),
        (&verified[0], &["proof", "checks", "0", "detail"]),
    ];
    for (report, path) in fields {
        let changed = renamed(report, path);
        assert!(schema::check_report(&changed).is_err(), "{path:?}: {changed}");
    }
    for (place, wrong) in [("schema", Value::from(3)), ("format", "JPEG".into()), ("width", Value::from(-1))] {
        let mut changed = checked[1].clone();
        changed[place] = wrong;
        assert!(schema::check_report(&changed).is_err(), "{place}");
    }
}

/// A folder with the portrait in it, and what else is given by name and content.
fn album(others: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = folder();
    std::fs::copy(PORTRAIT, folder.path().join("a.jpg")).expect("copied");
    for (name, content) in others {
        std::fs::write(folder.path().join(name), content).expect("written");
    }
    folder
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_is_no_picture_is_skipped_in_a_folder_and_told() {
    let apple_double = [&[0, 5, 0x16, 7][..], &[0; 60]].concat();
    let folder = album(&[
        (".DS_Store", b"\0\0\0\x01Bud1"),
        ("Thumbs.db", b"\xD0\xCF\x11\xE0"),
        ("notes.txt", b"who was there"),
        ("nothing", b""),
        ("._a.jpg", &apple_double),
    ]);
    let output = tarnkappe(folder.path(), &["protect", "--json", "--out", "clean", "."]);
    assert_eq!((output.status.code(), lines(&output).len()), (Some(0), 1));
    assert!(stderr(&output).contains("skipped, as no pictures: 5 ("), "{}", stderr(&output));
    // Named itself it is an error: somebody took it for a picture.
    assert_eq!(tarnkappe(folder.path(), &["check", "notes.txt"]).status.code(), Some(3));
}

#[test]
fn what_is_called_a_picture_is_never_skipped() {
    let folder = album(&[("b.JPG", b"cut off in the transfer"), ("c.heic", b""), ("d.NEF", b"?")]);
    let output = tarnkappe(folder.path(), &["protect", "--json", "--out", "clean", "."]);
    let failed = lines(&output).iter().filter(|report| !report["error"].is_null()).count();
    assert_eq!((output.status.code(), failed), (Some(3), 3));
}

#[test]
fn copies_are_no_input_of_the_next_run() {
    let folder = album(&[]);
    for out in ["clean", "./clean", "../clean/../clean", "clean"] {
        std::fs::create_dir_all(folder.path().join("clean")).expect("made");
        let out = if out.starts_with("..") { folder.path().join("clean").display().to_string() } else { out.into() };
        let output = tarnkappe(folder.path(), &["protect", "--json", "--out", &out, "."]);
        assert_eq!((output.status.code(), lines(&output).len()), (Some(0), 1), "{out}");
    }
    assert_eq!(copies(&folder.path().join("clean")).len(), 4);
}

#[test]
#[cfg(unix)]
fn copies_behind_a_link_are_no_input_either() {
    let folder = album(&[]);
    std::fs::create_dir(folder.path().join("clean")).expect("made");
    std::os::unix::fs::symlink("clean", folder.path().join("link")).expect("linked");
    for _ in 0..2 {
        let output = tarnkappe(folder.path(), &["protect", "--json", "--out", "link", "."]);
        assert_eq!((output.status.code(), lines(&output).len()), (Some(0), 1));
    }
}

#[test]
fn the_folder_for_the_copies_is_no_folder_of_photos() {
    let folder = album(&[]);
    for arguments in [["protect", "--out", ".", "."], ["protect", "--out", "..", "."]] {
        let output = tarnkappe(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("choose another with --out"), "{}", stderr(&output));
    }
}

#[test]
fn a_folder_without_pictures_is_told_and_wrong_usage() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("sub")).expect("made");
    std::fs::write(folder.path().join("sub/notes.txt"), "notes").expect("written");
    for command in ["check", "protect"] {
        let output = tarnkappe(folder.path(), &[command, "sub"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("error: sub has no picture in it"), "{}", stderr(&output));
    }
}

#[test]
#[cfg(unix)]
fn names_drive_no_terminal_and_keep_their_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    for name in [&b"a\nb.jpg"[..], b"\x1b[31mred.jpg", b"caf\xe9.jpg", b"caf\xe8.jpg"] {
        std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), "no picture").expect("written");
    }
    let output = tarnkappe(folder.path(), &["check", "."]);
    assert!(!output.stderr.contains(&0x1b) && stderr(&output).lines().count() == 4, "{}", stderr(&output));
    let reports = lines(&tarnkappe(folder.path(), &["check", "--json", "."]));
    let bytes: Vec<&Value> = reports.iter().filter_map(|report| report.get("file_bytes")).collect();
    assert_eq!(bytes, ["./caf%E8.jpg", "./caf%E9.jpg"]);
}

#[test]
#[cfg(unix)]
fn copies_that_keep_names_keep_their_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    for name in [&b"caf\xe8.png"[..], b"caf\xe9.png"] {
        std::fs::copy(NOBODY, folder.path().join(std::ffi::OsStr::from_bytes(name))).expect("copied");
    }
    let output = tarnkappe(folder.path(), &["protect", "--json", "--keep-names", "--out", "clean", "."]);
    let reports = lines(&output);
    let bytes: Vec<&Value> = reports.iter().filter_map(|report| report.get("output_bytes")).collect();
    assert_eq!(bytes, ["clean/caf%E8.png", "clean/caf%E9.png"]);
    for name in [&b"caf\xe8.png"[..], b"caf\xe9.png"] {
        assert!(folder.path().join("clean").join(std::ffi::OsStr::from_bytes(name)).exists());
    }
    // A path that is text is in one field only.
    let output = tarnkappe(folder.path(), &["protect", "--json", "--out", "clean", NOBODY]);
    assert!(lines(&output)[0].get("output_bytes").is_none());
}

/// Whoever names a file means it, also a copy that is to be covered further. It can do no harm: no copy ever replaces a file.
#[test]
fn a_file_that_is_named_is_processed_even_in_the_folder_for_the_copies() {
    let folder = folder();
    tarnkappe(folder.path(), &["protect", "--out", "clean", NOBODY]);
    let first = std::fs::read(folder.path().join("clean/photo-0001.png")).expect("a copy");
    for keep_names in [&[][..], &["--keep-names"]] {
        let arguments = [&["protect", "--out", "clean", "clean/photo-0001.png"], keep_names].concat();
        assert_eq!(tarnkappe(folder.path(), &arguments).status.code(), Some(0));
    }
    let mut names = copies(&folder.path().join("clean"));
    names.sort();
    assert_eq!(names, ["photo-0001-2.png", "photo-0001.png", "photo-0002.png"]);
    assert_eq!(std::fs::read(folder.path().join("clean/photo-0001.png")).expect("a copy"), first);
}

#[test]
#[cfg(unix)]
fn a_link_that_leads_nowhere_is_neither_followed_nor_replaced() {
    let folder = album(&[]);
    std::fs::create_dir(folder.path().join("clean")).expect("made");
    std::os::unix::fs::symlink("nowhere", folder.path().join("clean/a.jpg")).expect("linked");
    let output = tarnkappe(folder.path(), &["protect", "--keep-names", "--out", "clean", "a.jpg"]);
    assert_eq!(output.status.code(), Some(0));
    let mut names = copies(&folder.path().join("clean"));
    names.sort();
    assert_eq!(names, ["a-2.jpg", "a.jpg"]);
    assert!(!folder.path().join("clean/nowhere").exists());
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_that_cannot_be_written_is_an_error() {
    for json in [&["check", PORTRAIT][..], &["check", "--json", PORTRAIT]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tarnkappe"));
        let output = command.args(json).stdout(full).output().expect("it starts");
        assert_eq!(output.status.code(), Some(3));
        assert!(stderr(&output).contains("the report cannot be written"), "{}", stderr(&output));
    }
}

#[test]
#[cfg(unix)]
fn a_closed_standard_output_is_an_error_and_one_that_is_thrown_away_is_not() {
    let status = |redirection: &str| {
        let script = format!("exec \"$0\" check \"$1\" {redirection}");
        let mut command = Command::new("sh");
        let output =
            command.args(["-c", &script, env!("CARGO_BIN_EXE_tarnkappe"), NOBODY]).output().expect("it starts");
        output.status.code()
    };
    assert_eq!(status(">&-"), Some(3));
    for thrown_away in [">/dev/null", "1<>/dev/null", "<&- >/dev/null"] {
        assert_ne!(status(thrown_away), Some(3), "{thrown_away}");
    }
}

/// Waits until `done`, at most a minute.
fn wait_until(done: impl Fn() -> bool) {
    for _ in 0..6000 {
        if done() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("it takes too long");
}

#[test]
#[cfg(unix)]
fn a_signal_ends_a_run_and_no_unfinished_copy_stays() {
    let folder = folder();
    for n in 0..40 {
        std::fs::copy(NOBODY, folder.path().join(format!("{n:02}.png"))).expect("copied");
    }
    for (signal, status) in [("-TERM", 143), ("-INT", 130)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tarnkappe"));
        command.args(["protect", "--out", signal.trim_start_matches('-'), "."]).current_dir(folder.path());
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut run = command.spawn().expect("it starts");
        let out = folder.path().join(signal.trim_start_matches('-'));
        wait_until(|| !copies(&out).is_empty());
        Command::new("kill").args([signal, &run.id().to_string()]).status().expect("sent");
        assert_eq!(run.wait().expect("it ends").code(), Some(status));
        assert!(copies(&out).iter().all(|name| name.ends_with(".png")), "{:?}", copies(&out));
    }
}

#[test]
fn unfinished_copies_of_a_killed_run_are_told_and_are_no_input() {
    let folder = album(&[]);
    std::fs::copy(PORTRAIT, folder.path().join(".tarnkappe-Ab3dE9.part")).expect("copied");
    let output = tarnkappe(folder.path(), &["check", "--json", "."]);
    assert_eq!(lines(&output).len(), 1);
    assert!(stderr(&output).contains(".tarnkappe-Ab3dE9.part"), "{}", stderr(&output));
}

#[test]
fn verify_names_the_file_that_cannot_be_opened() {
    let folder = album(&[("bad.jpg", b"no picture")]);
    for (arguments, named) in [(["a.jpg", "bad.jpg"], "bad.jpg: "), (["bad.jpg", "a.jpg"], "bad.jpg: ")] {
        let output = tarnkappe(folder.path(), &["verify", "--json", arguments[0], arguments[1]]);
        let message = lines(&output)[0]["error"]["message"].as_str().expect("a message").to_owned();
        assert!(output.status.code() == Some(3) && message.starts_with(named), "{message}");
    }
}

#[test]
fn verify_can_be_thorough() {
    let folder = folder();
    tarnkappe(folder.path(), &["protect", "--out", "clean", PORTRAIT]);
    let output = tarnkappe(folder.path(), &["verify", "--thorough", PORTRAIT, "clean/photo-0001.jpg"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_file_that_cannot_be_opened_says_what_it_gives_away() {
    let photo = std::fs::read(PORTRAIT).expect("read");
    let comment = [&photo[..2], b"\xFF\xFE\x00\x0CAda was me", &photo[2..photo.len() / 2]].concat();
    let folder = album(&[("cut.jpg", &comment)]);
    let output = tarnkappe(folder.path(), &["check", "cut.jpg"]);
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("cut.jpg: not opened, ") && text.contains("Ada was me"), "{text}");
}

/// As Fujifilm writes it, with the portrait as its preview.
fn raw_file() -> Vec<u8> {
    let mut file = b"FUJIFILMCCD-RAW 0201FF129502X-T1".to_vec();
    file.resize(0x94, 0);
    [&file, &std::fs::read(PORTRAIT).expect("read")[..], b"sensor"].concat()
}

#[test]
fn a_raw_file_says_what_it_holds_and_its_preview_is_opened_if_that_is_asked_for() {
    let folder = album(&[("b.raf", &raw_file())]);
    let output = tarnkappe(folder.path(), &["check", "b.raf"]);
    assert_eq!(output.status.code(), Some(3));
    let error = stderr(&output);
    assert!(error.contains("512 x 512 pixels: --raw-preview opens that"), "{error}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("X-T1") && text.contains("1 face is seen in it"), "{text}");
    let output = tarnkappe(folder.path(), &["protect", "--json", "--raw-preview", "b.raf", "a.jpg"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let reports = lines(&output);
    let notes = |report: &Value| report["notes"].as_array().expect("a list").iter().any(|n| n["code"] == "raw-preview");
    assert_eq!((notes(&reports[0]), notes(&reports[1])), (true, false));
    assert_eq!((&reports[0]["width"], &reports[0]["format"]), (&Value::from(512), &Value::from("jpeg")));
    let copy = |number| std::fs::read(folder.path().join(format!("protected/photo-000{number}.jpg"))).expect("read");
    assert!(copy(1) == copy(2));
    // What the whole file gives away is told, not only what its preview does.
    let leaks = reports[0]["leaks"].as_array().expect("a list");
    assert!(leaks.iter().any(|leak| leak["value"].as_str().is_some_and(|value| value.contains("X-T1"))), "{leaks:?}");
}

#[test]
fn verify_takes_a_raw_file_by_its_preview() {
    let folder = album(&[("b.raf", &raw_file())]);
    tarnkappe(folder.path(), &["protect", "--raw-preview", "b.raf"]);
    let output = tarnkappe(folder.path(), &["verify", "--json", "b.raf", "protected/photo-0001.jpg"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let notes = lines(&output)[0]["notes"].to_string();
    assert!(notes.contains("raw-preview") && notes.contains("compared"), "{notes}");
    // Which of two files is at fault is still known.
    let output = tarnkappe(folder.path(), &["verify", "--json", "b.raf", "missing.jpg"]);
    let error = &lines(&output)[0]["error"];
    assert!(error["message"].as_str().is_some_and(|message| message.contains("missing.jpg")), "{error}");
}

#[test]
fn a_mask_that_cannot_be_opened_is_named() {
    let folder = album(&[("regions.json", br#"{"a.jpg": [{"mask": "missing.png"}]}"#)]);
    let output = tarnkappe(folder.path(), &["protect", "--json", "--regions", "regions.json", "a.jpg"]);
    let error = &lines(&output)[0]["error"];
    assert_eq!(error["code"], "bad-region");
    assert!(error["message"].as_str().is_some_and(|message| message.contains("missing.png")), "{error}");
}

#[test]
fn copies_whose_names_differ_in_case_only_get_names_of_their_own() {
    let folder = folder();
    for picture in ["in/1/a.png", "in/2/A.PNG", "in/3/a-2.png"] {
        let path = folder.path().join(picture);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::copy(NOBODY, path).expect("copied");
    }
    let output = tarnkappe(folder.path(), &["protect", "--keep-names", "--faces", "none", "in"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let names = copies(&folder.path().join("protected"));
    let different: std::collections::HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!((names.len(), different.len()), (3, 3), "{names:?}");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_copy_is_no_input() {
    let folder = album(&[]);
    let before = lines(&tarnkappe(folder.path(), &["check", "--json", "."])).len();
    std::fs::create_dir(folder.path().join("out")).expect("made");
    std::fs::copy(NOBODY, folder.path().join("out/photo-0001.png")).expect("copied");
    std::os::unix::fs::symlink("out/photo-0001.png", folder.path().join("linked.png")).expect("linked");
    let output = tarnkappe(folder.path(), &["protect", "--json", "--faces", "none", "--out", "out", "."]);
    assert_eq!(lines(&output).len(), before);
}

#[test]
fn unfinished_copies_in_the_folder_for_copies_are_told() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("out")).expect("made");
    std::fs::write(folder.path().join("out/.tarnkappe-Ab12Cd.part"), b"half").expect("written");
    let output = tarnkappe(folder.path(), &["protect", "--faces", "none", "--out", "out", NOBODY]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains(".tarnkappe-Ab12Cd.part"), "{}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn what_is_called_a_picture_and_is_no_file_is_an_error() {
    let folder = album(&[]);
    std::os::unix::fs::symlink(".", folder.path().join("loop.jpg")).expect("linked");
    let output = tarnkappe(folder.path(), &["check", "--json", "."]);
    let codes: Vec<Value> = lines(&output).iter().map(|line| line["error"]["code"].clone()).collect();
    assert_eq!((output.status.code(), codes), (Some(3), vec![Value::Null, Value::from("unreadable")]));
}

#[test]
fn what_no_check_covers_is_said_once_and_in_every_report() {
    let folder = album(&[]);
    let output = tarnkappe(folder.path(), &["check", "a.jpg", "a.jpg"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.matches("noise of the camera's sensor").count(), 1, "{text}");
    let report = &lines(&tarnkappe(folder.path(), &["check", "--json", "a.jpg"]))[0];
    assert!(report["not_checked"].as_array().is_some_and(|codes| codes.contains(&"sensor-noise".into())));
}
