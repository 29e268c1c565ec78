use ts_rs::TS;

use super::region::CoverFields;
use super::*;
use crate::pipeline::{CheckOptions, ProtectOptions, Purpose};
use crate::protect::Method;

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

fn report_types() -> String {
    let head = format!(
        "// Generated from src/report by `make bless`. Coordinates are upright pixels.\n\n\
         /** Version of the schema; raised when a field changes its meaning. */\nexport const SCHEMA = {SCHEMA};\n"
    );
    typescript!(
        head,
        FileReport,
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
    )
}

fn option_types() -> String {
    typescript!(
        "// Generated from src/pipeline by `make bless`. Coordinates are upright pixels.\n\n\
         import type { Brush, Decision, Identifiability, Origin, RegionKind, ShapeKind } from \"./report.js\";\n",
        Method,
        Stage,
        CheckOptions,
        ProtectOptions,
        RegionRequest,
        CoverRequest,
        Purpose,
        crate::detect::Part,
    )
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
