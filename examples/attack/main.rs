//! Runs the attacks of `tarnkappe::prove::attacks` over covers of all kinds, drawn on photos of people of whom there are
//! several: the input of `tools/attack.py`. One JSON object a cover: its name, and for each attack what came of it for each
//! person, 0 to 1.
//!
//! Usage: `cargo run --release --example attack -- FOLDER [COVER…]`, where FOLDER holds one folder a person.

mod people;
mod table;

use std::error::Error;
use std::path::Path;

use people::Adversary;
use tarnkappe::prove::attacks::covers::TABLE;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, wanted) = arguments.split_first().ok_or("usage: attack FOLDER [COVER…]")?;
    let mut adversary = Adversary::load()?;
    let people = people::read(Path::new(folder), &mut adversary)?;
    eprintln!("{} persons with several photos, {} others", people.probes.len(), people.others.len());
    for (name, covering) in TABLE.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|one| one == name)) {
        println!("{}", table::row(name, *covering, &people, &mut adversary)?);
    }
    Ok(())
}
