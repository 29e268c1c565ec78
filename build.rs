//! Arguments for the linker.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_wasm = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    if is_wasm && std::env::var_os("CARGO_FEATURE_TRACT").is_some() {
        // tract's kernels are registered by constructors. Without this, the linker would have every export run all of them
        // anew, under other names than in the module without tract; now whoever starts the module runs them, once.
        println!("cargo::rustc-link-arg-cdylib=--export=__wasm_call_ctors");
    }
}
