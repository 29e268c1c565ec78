//! Whether a report fits `docs/report.schema.json`.
//!
//! Checks the keywords of JSON Schema that this schema uses, and panics at any other. It is stricter than the schema in one
//! thing: a field that is not described is wrong, too.

use serde_json::Value;

const SCHEMA: &str = include_str!("../../docs/report.schema.json");

/// # Errors
/// Where it does not fit, and why.
pub(crate) fn check_report(report: &Value) -> Result<(), String> {
    let root = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    Place { root: &root, value: report, path: "report".to_owned() }.check(&root)
}

/// A value somewhere in a report.
struct Place<'a> {
    root: &'a Value,
    value: &'a Value,
    path: String,
}

impl<'a> Place<'a> {
    fn check(&self, schema: &Value) -> Result<(), String> {
        let rules = schema.as_object().expect("a schema is an object");
        rules.iter().try_for_each(|(keyword, rule)| self.check_rule(keyword, rule))
    }

    /// A rule for numbers, lists or objects says nothing about other values.
    fn check_rule(&self, keyword: &str, rule: &Value) -> Result<(), String> {
        let Self { root, value, .. } = self;
        let number = value.as_f64().zip(rule.as_f64());
        let length = value.as_array().map(|items| items.len() as u64).zip(rule.as_u64());
        match keyword {
            "$schema" | "$comment" | "$defs" | "title" | "description" | "format" | "additionalProperties" => Ok(()),
            "$ref" => self.check(definition(root, rule)),
            "type" => self.expect(list(rule).iter().any(|name| has_type(value, name)), || format!("is no {rule}")),
            "const" => self.expect(*value == rule, || format!("is not {rule}")),
            "enum" => self.expect(list(rule).contains(value), || format!("is none of {rule}")),
            "minimum" => self.expect(number.is_none_or(|(is, least)| is >= least), || format!("is below {rule}")),
            "maximum" => self.expect(number.is_none_or(|(is, most)| is <= most), || format!("is above {rule}")),
            "minItems" => self.expect(length.is_none_or(|(is, least)| is >= least), || format!("has not {rule} items")),
            "maxItems" => self.expect(length.is_none_or(|(is, most)| is <= most), || format!("has over {rule} items")),
            "items" => self.check_items(rule),
            "properties" => self.check_fields(rule),
            "required" => self.check_present(rule),
            "anyOf" => self.check_alternatives(rule, |fitting| fitting >= 1),
            "oneOf" => self.check_alternatives(rule, |fitting| fitting == 1),
            _ => panic!("the schema's keyword {keyword} is not checked"),
        }
    }

    fn expect(&self, fits: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
        if fits { Ok(()) } else { Err(format!("{} {}: {}", self.path, otherwise(), self.value)) }
    }

    fn within(&self, value: &'a Value, place: &str) -> Self {
        Self { root: self.root, value, path: format!("{}{place}", self.path) }
    }

    fn check_items(&self, rule: &Value) -> Result<(), String> {
        let mut items = self.value.as_array().into_iter().flatten().enumerate();
        items.try_for_each(|(index, item)| self.within(item, &format!("[{index}]")).check(rule))
    }

    fn check_fields(&self, known: &Value) -> Result<(), String> {
        let mut fields = self.value.as_object().into_iter().flatten();
        fields.try_for_each(|(name, field)| match known.get(name) {
            Some(rule) => self.within(field, &format!(".{name}")).check(rule),
            None => self.expect(false, || format!("has a field {name:?} that is not described")),
        })
    }

    fn check_present(&self, names: &Value) -> Result<(), String> {
        let Some(fields) = self.value.as_object() else { return Ok(()) };
        let mut names = list(names).iter().filter_map(Value::as_str);
        names.try_for_each(|name| self.expect(fields.contains_key(name), || format!("has no field {name:?}")))
    }

    fn check_alternatives(&self, rule: &Value, suffices: impl FnOnce(usize) -> bool) -> Result<(), String> {
        let wrong: Vec<_> = list(rule).iter().filter_map(|schema| self.check(schema).err()).collect();
        let fitting = list(rule).len() - wrong.len();
        self.expect(suffices(fitting), || format!("fits {fitting} alternatives ({})", wrong.join("; ")))
    }
}

/// Where a reference `#/$defs/…` leads.
fn definition<'a>(root: &'a Value, reference: &Value) -> &'a Value {
    let pointer = reference.as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| root.pointer(pointer)).expect("a definition of this schema")
}

/// The values of a list, or the value that stands for a list of one.
fn list(rule: &Value) -> &[Value] {
    rule.as_array().map_or(std::slice::from_ref(rule), Vec::as_slice)
}

fn has_type(value: &Value, name: &Value) -> bool {
    match name.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => panic!("the schema's type {name} is not known"),
    }
}
