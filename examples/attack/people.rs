//! Photos of people, and the adversary that tries to recognise them.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use tarnkappe::detect::Detector;
use tarnkappe::photo::{self, Limits};
use tarnkappe::prove;
use tarnkappe::prove::attacks::portrait::Portrait;
use tarnkappe::recognition::recogniser::Recogniser;

const SFACE: &[u8] = include_bytes!("../../models/face_recognition_sface_2021dec.packed");

/// Persons whose covered photos are attacked, the first ones by name: the 95 % interval is 10 points wide at its widest.
const PROBES: usize = 100;

/// Photos of a probe that are read: one to cover, one to match, and another one to cover for averaging.
const PHOTOS_EACH: usize = 3;

/// The networks.
pub(crate) struct Adversary {
    pub(crate) detector: Detector,
    pub(crate) recogniser: Recogniser,
    pub(crate) verifier: prove::Adversary,
}

/// A person of whom there are several photos.
pub(crate) struct Probe {
    /// The photo that is covered.
    pub(crate) covered: Portrait,
    /// The other photo that the attacker has.
    pub(crate) known: Portrait,
    /// More photos.
    pub(crate) further: Vec<Portrait>,
}

/// Everyone.
pub(crate) struct People {
    pub(crate) probes: Vec<Probe>,
    /// One photo each of further persons.
    pub(crate) others: Vec<Portrait>,
}

impl Adversary {
    pub(crate) fn load() -> Result<Self, Box<dyn Error>> {
        let detector = Detector::from_yunet(include_bytes!("../../models/face_detection_yunet_2023mar.packed"))?;
        let verifier = prove::Adversary::new(Recogniser::load(SFACE)?)?;
        Ok(Self { detector, recogniser: Recogniser::load(SFACE)?, verifier })
    }

    /// The portrait of the face in the middle.
    fn scan(&mut self, path: &Path) -> Result<Option<Portrait>, Box<dyn Error>> {
        let photo = photo::open(&fs::read(path)?, &Limits::default())?;
        let middle = [photo.frame.width as f32 / 2.0, photo.frame.height as f32 / 2.0];
        Ok(Portrait::nearest(photo, middle, &mut self.detector, &mut self.recogniser)?)
    }
}

/// Reads a folder that holds one folder a person.
pub(crate) fn read(folder: &Path, adversary: &mut Adversary) -> Result<People, Box<dyn Error>> {
    let mut people = People { probes: Vec::new(), others: Vec::new() };
    for person in entries(folder)? {
        let wanted = if people.probes.len() < PROBES { PHOTOS_EACH } else { 1 };
        let mut portraits = Vec::new();
        for path in entries(&person)?.into_iter().take(wanted) {
            portraits.extend(adversary.scan(&path)?);
        }
        let mut portraits = portraits.into_iter();
        match (portraits.next(), portraits.next()) {
            (Some(covered), Some(known)) => {
                people.probes.push(Probe { covered, known, further: portraits.collect() });
            }
            (Some(only), None) => people.others.push(only),
            (None, _) => {}
        }
    }
    Ok(people)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut entries = entries.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}
