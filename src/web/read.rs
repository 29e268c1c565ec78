//! Values of JavaScript as types of Rust.
//!
//! Unlike serde-wasm-bindgen, this does not pass over fields that are not known, and says which field is wrong.

use std::fmt;

use js_sys::{Array, Object};
use serde::de::value::StringDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use wasm_bindgen::{JsCast, JsValue};

/// What is wrong, and where: `regions[2].box`; empty for the whole.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) path: String,
    what: String,
}

impl Wrong {
    fn within(mut self, place: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{place}{separator}{}", self.path);
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.path.is_empty() { "" } else { ": " };
        write!(f, "{}{separator}{}", self.path, self.what)
    }
}

impl std::error::Error for Wrong {}

impl serde::de::Error for Wrong {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Self { path: String::new(), what: what.to_string() }
    }
}

/// Reads a value. A field that is null or undefined counts as absent.
///
/// # Errors
/// If it does not fit, or has a field that is not known.
pub(super) fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, Wrong> {
    T::deserialize(Value(value))
}

struct Value(JsValue);

impl<'de> Deserializer<'de> for Value {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let Self(value) = self;
        if value.is_undefined() || value.is_null() {
            visitor.visit_unit()
        } else if let Some(flag) = value.as_bool() {
            visitor.visit_bool(flag)
        } else if let Some(number) = value.as_f64() {
            // Readers of whole numbers take nothing else, those of other numbers take both.
            let whole = number as i64;
            if whole as f64 == number { visitor.visit_i64(whole) } else { visitor.visit_f64(number) }
        } else if let Some(text) = value.as_string() {
            visitor.visit_string(text)
        } else if let Some(list) = value.dyn_ref::<Array>() {
            let mut elements = Elements { list, next: 0 };
            let read = visitor.visit_seq(&mut elements)?;
            if elements.next < list.length() { Err(Wrong::custom("the list is too long")) } else { Ok(read) }
        } else if let Some(object) = value.dyn_ref::<Object>() {
            visitor.visit_map(Fields { entries: Object::entries(object), next: 0 })
        } else {
            Err(Wrong::custom("it is no value but a function or the like"))
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_undefined() || self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let text = self.0.as_string().ok_or_else(|| Wrong::custom(format!("it must be one of {variants:?}")))?;
        StringDeserializer::new(text).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

struct Elements<'a> {
    list: &'a Array,
    next: u32,
}

impl<'de> SeqAccess<'de> for &mut Elements<'_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        let index = self.next;
        if index == self.list.length() {
            return Ok(None);
        }
        self.next += 1;
        let read = seed.deserialize(Value(self.list.get(index)));
        read.map(Some).map_err(|wrong| wrong.within(&format!("[{index}]")))
    }
}

struct Fields {
    /// Names and values.
    entries: Array,
    next: u32,
}

impl Fields {
    fn entry(&self) -> (String, JsValue) {
        let entry = Array::from(&self.entries.get(self.next));
        (entry.get(0).as_string().unwrap_or_default(), entry.get(1))
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        while self.next < self.entries.length() {
            let (name, value) = self.entry();
            if !value.is_undefined() && !value.is_null() {
                return seed.deserialize(StringDeserializer::new(name)).map(Some);
            }
            self.next += 1;
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let (name, value) = self.entry();
        self.next += 1;
        seed.deserialize(Value(value)).map_err(|wrong| wrong.within(&name))
    }
}
