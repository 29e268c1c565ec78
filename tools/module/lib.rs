//! The page's WebAssembly module: what the library exports to JavaScript.

#[cfg(target_arch = "wasm32")]
extern crate tarnkappe;
