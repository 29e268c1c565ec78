//! Writes the pixels that are scanned when files are opened, for `tools/visibility.py` and `tools/browser_colours.mjs`: of each
//! file a PAM picture of red, green, blue and alpha, upright, in sRGB, one after the other. A file that cannot be opened gives
//! a line with the reason.
//!
//! Usage: `cargo run --release --example seen -- FILE… > pictures.pam`

use std::error::Error;
use std::io::{BufWriter, Write};

use tarnkappe::photo::{self, Frame, Limits};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for path in std::env::args_os().skip(1) {
        match photo::open(&std::fs::read(path)?, &Limits::default()) {
            Ok(photo) => write(&mut out, &photo.into_srgb()?)?,
            Err(error) => writeln!(out, "error {} {error}", error.code())?,
        }
    }
    Ok(out.flush()?)
}

fn write(out: &mut impl Write, frame: &Frame) -> std::io::Result<()> {
    let Frame { width, height, rgb, alpha } = frame;
    writeln!(out, "P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR")?;
    for (i, colour) in rgb.chunks_exact(3).enumerate() {
        out.write_all(colour)?;
        out.write_all(&[alpha.as_ref().map_or(u8::MAX, |alpha| alpha[i])])?;
    }
    Ok(())
}
