use schemars::generate::SchemaSettings;
use ts_rs::TS;

use super::region::CoverFields;
use super::*;
use crate::pipeline::{CheckOptions, ProtectOptions, Purpose};
use crate::protect::{Method, Sticker};

/// A TypeScript file with these types and their doc comments.
macro_rules! typescript {
    ($head:expr, $($kind:ty),* $(,)?) => {{
        let config = ts_rs::Config::default();
        let mut file: String = $head.into();
        $(
            let docs = <$kind as TS>::docs().unwrap_or_default();
            file += &format!("\n{docs}export {}\n", <$kind as TS>::decl(&config));
        )*
        file
    }};
}

/// A list of all values of a type that is a choice of strings, so that no list of them is kept by hand.
fn values_of<T: TS>(name: &str) -> String {
    let config = ts_rs::Config::default();
    let values = T::inline(&config).replace(" | ", ", ");
    format!(
        "\n/** All of them, in the order in which they are offered. */\nexport const {name}: readonly {}[] = [{values}];\n",
        T::name(&config)
    )
}

fn report_types() -> String {
    let head = format!(
        "// Generated from src/report by `make bless`. Coordinates are upright pixels.\n\n\
         /** Version of the schema; raised when a field changes its meaning. */\nexport const SCHEMA = {SCHEMA};\n"
    );
    let types = typescript!(
        head,
        FileReport,
        RawPreview,
        Format,
        Region,
        RegionKind,
        Origin,
        Decision,
        CoverFields,
        ShapeKind,
        Brush,
        Identifiability,
        Level,
        Reason,
        Skipped,
        NotChecked,
        Leak,
        LeakKind,
        LeakWords,
        Part,
        Severity,
        Note,
        NoteCode,
        Proof,
        Check,
        CheckName,
        Timings,
        ErrorReport,
        ErrorCode,
    );
    [
        types,
        values_of::<RegionKind>("REGION_KINDS"),
        values_of::<Origin>("ORIGINS"),
        values_of::<Decision>("DECISIONS"),
        values_of::<ShapeKind>("SHAPES"),
    ]
    .concat()
}

fn option_types() -> String {
    let types = typescript!(
        "// Generated from src/pipeline by `make bless`. Coordinates are upright pixels.\n\n\
         import type { Brush, Decision, Identifiability, Origin, RegionKind, ShapeKind } from \"./report.js\";\n",
        Method,
        Sticker,
        Stage,
        CheckOptions,
        ProtectOptions,
        RegionRequest,
        CoverRequest,
        Purpose,
        crate::detect::Part,
    );
    [types, values_of::<Method>("METHODS"), values_of::<Sticker>("STICKERS")].concat()
}

fn detector_types() -> String {
    typescript!(
        "// Generated from src/detect/custom.rs by `make bless`: how a custom face detector is described.\n",
        crate::detect::DetectorSpec,
        crate::infer::InputSpec,
        crate::detect::Rows,
    )
}

/// The JSON Schema of reports as they are written. Fields that are not known are allowed, since later versions may add some.
fn report_schema() -> String {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.transforms.push(Box::new(schemars::transform::RecursiveTransform(describe_as_json)));
    let mut schema = settings.into_generator().into_root_schema_for::<FileReport>();
    schema.insert("title".to_owned(), "Report of tarnkappe".into());
    schema.insert("$comment".to_owned(), "Generated from src/report by `make bless`.".into());
    serde_json::to_string_pretty(&schema).expect("serialisable") + "\n"
}

/// Takes out of a description what it says in terms of Rust.
fn describe_as_json(schema: &mut schemars::Schema) {
    if let Some(serde_json::Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ").replace("[`", "`").replace("`]", "`").replace("`None`", "`null`");
    }
}

/// Compares a generated file with the one in the repository, or with `make bless` writes it.
fn expect_current(path: &str, generated: &str) {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("TARNKAPPE_BLESS").is_some() {
        std::fs::write(&path, generated).expect("the file can be written");
    }
    let current = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(current == generated, "{path} is not current: run `make bless`");
}

#[test]
fn typescript_types_are_current() {
    expect_current("www/engine/generated/report.ts", &report_types());
    expect_current("www/engine/generated/options.ts", &option_types());
    expect_current("www/engine/generated/detector.ts", &detector_types());
}

#[test]
fn the_json_schema_is_current() {
    expect_current("docs/report.schema.json", &report_schema());
}

#[test]
fn a_report_keeps_its_names() {
    let mut report = FileReport::new("a.jpg");
    report.leaks.push(Leak {
        kind: LeakKind::MotionPhoto,
        severity: Severity::High,
        location: "after EOI".to_owned(),
        bytes: Some([3, 7]),
        value: String::new(),
        words: None,
        faces: None,
    });
    let json = serde_json::to_value(&report).expect("serialisable");
    assert_eq!(json["leaks"][0]["kind"], "motion-photo");
    assert_eq!(json["leaks"][0]["where"], "after EOI");
    assert_eq!(json["leaks"][0]["bytes"], serde_json::json!([3, 7]));
    assert!(json["error"].is_null() && json["proof"].is_null());
}
