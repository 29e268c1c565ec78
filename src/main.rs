//! The command line: `tarnkappe check | protect | verify`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
