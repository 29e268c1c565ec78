//! One row of the table: every attack on one kind of cover.

use std::collections::BTreeMap;
use std::error::Error;

use serde_json::{Value, json};
use tarnkappe::detect::Policy;
use tarnkappe::geometry::PixelRect;
use tarnkappe::photo::Frame;
use tarnkappe::prove::FacePart;
use tarnkappe::prove::attacks::{
    Rank, Undoing, centred, crop_under, identify, mean_embedding, redetected, transplant, trimmed_distance, undone,
};
use tarnkappe::recognition::recogniser::{Embedding, similarity};

use crate::covers::{self, Covered, Kind};
use crate::people::{Adversary, People, Portrait};

/// Score from which a detection counts: low, as an attacker would have it.
const REDETECTION_THRESHOLD: f32 = 0.3;

/// Other persons in the gallery that is covered like the probes.
const PARROT_OTHERS: usize = 60;

/// Probes whose faces are exchanged, and faces that each could have had.
const TRANSPLANTED: usize = 40;
const FACES: usize = 10;

/// Copies that are shown to `tarnkappe verify`.
const VERIFIED: usize = 20;

/// Where faces are exchanged: what every cover hides.
const EXCHANGED: f32 = 1.0;

/// What came of each attack, person by person: the chance that it names the right one.
pub(crate) fn row(kind: &Kind, people: &People, adversary: &mut Adversary) -> Result<Value, Box<dyn Error>> {
    let published: Vec<Covered> =
        people.probes.iter().map(|probe| publish(kind, &probe.covered)).collect::<Result<_, _>>()?;
    let known: Vec<Embedding> = gallery(people);
    let policy = Policy::default().with_threshold(REDETECTION_THRESHOLD);
    let mut redetections = Vec::new();
    let mut undoings: BTreeMap<String, Vec<Embedding>> = BTreeMap::new();
    for (probe, covered) in people.probes.iter().zip(&published) {
        let faces = std::slice::from_ref(&probe.covered.face);
        let found = redetected(&covered.frame, faces, &mut adversary.detector, &policy)?;
        redetections.extend(found.iter().map(|found| f32::from(u8::from(*found))));
        for (undoing, face) in undone(&covered.frame, &probe.covered.landmarks, covered.known)? {
            undoings.entry(format!("{undoing:?}")).or_default().push(adversary.recogniser.embed_aligned(&face)?);
        }
    }
    let covered = &undoings[&format!("{:?}", Undoing::None)];
    let mut by_undoing: BTreeMap<String, Vec<f32>> =
        undoings.iter().map(|(name, probes)| (name.clone(), firsts(probes, &known))).collect();
    for (name, probes) in &undoings {
        by_undoing.insert(format!("{name}, centred"), firsts(&centred(probes), &centred(&known)));
    }
    Ok(json!({
        "cover": kind.name,
        "redetected": redetections,
        "other_photo": firsts(covered, &known),
        "undone": by_undoing,
        "parrot": parrot(kind, people, covered, adversary)?,
        "same_photo": same_photo(kind, people, &published)?,
        "transplant": transplanted(kind, people)?,
        "seen_by_verify": seen_by_verify(people, &published, adversary)?,
        "averaged": averaged(kind, people, covered, &known, adversary)?,
    }))
}

fn publish(kind: &Kind, portrait: &Portrait) -> Result<Covered, Box<dyn Error>> {
    kind.publish(&portrait.photo.frame, &portrait.photo, &portrait.face)
}

/// Clear photos: first the other photo of each probe in their order, then everyone else.
fn gallery(people: &People) -> Vec<Embedding> {
    let known = people.probes.iter().map(|probe| &probe.known).chain(&people.others);
    known.map(|portrait| portrait.clear.clone()).collect()
}

/// For each probe the chance that its own entry of the gallery comes first; the entries of the probes stand in their order.
fn firsts(probes: &[Embedding], gallery: &[Embedding]) -> Vec<f32> {
    let first = |(own, probe): (usize, &Embedding)| {
        let others = gallery.iter().enumerate().filter(|(index, _)| *index != own).map(|(_, entry)| entry);
        identify(probe, &gallery[own], others).chance_of_first()
    };
    probes.iter().enumerate().map(first).collect()
}

/// The gallery covered like the probes. Centred or not, whichever serves the attacker better.
fn parrot(
    kind: &Kind,
    people: &People,
    probes: &[Embedding],
    adversary: &mut Adversary,
) -> Result<Vec<f32>, Box<dyn Error>> {
    let candidates = people.probes.iter().map(|probe| &probe.known).chain(people.others.iter().take(PARROT_OTHERS));
    let gallery = candidates
        .map(|portrait| Ok(adversary.recogniser.embed(&publish(kind, portrait)?.frame, &portrait.landmarks)?))
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let plain = firsts(probes, &gallery);
    let less_common = firsts(&centred(probes), &centred(&gallery));
    Ok(if plain.iter().sum::<f32>() >= less_common.iter().sum() { plain } else { less_common })
}

/// The attacker has the very photos that were covered, covers them once more and compares pixels.
fn same_photo(kind: &Kind, people: &People, published: &[Covered]) -> Result<Vec<f32>, Box<dyn Error>> {
    let under = |portrait: &Portrait, frame: &Frame| crop_under(frame, attacked(portrait));
    let mut candidates = Vec::new();
    for probe in &people.probes {
        candidates.push(under(&probe.covered, &publish(kind, &probe.covered)?.frame)?);
    }
    let mut firsts = Vec::new();
    for (own, (probe, covered)) in people.probes.iter().zip(published).enumerate() {
        let seen = under(&probe.covered, &covered.frame)?;
        let likeness: Vec<f32> = candidates.iter().map(|candidate| -trimmed_distance(&seen, candidate)).collect();
        let others = likeness.iter().enumerate().filter(|(index, _)| *index != own).map(|(_, likeness)| *likeness);
        firsts.push(Rank::among(likeness[own], others).chance_of_first());
    }
    Ok(firsts)
}

/// The part that is compared pixel by pixel.
fn attacked(portrait: &Portrait) -> PixelRect {
    covers::area(&portrait.photo.frame, &portrait.face, EXCHANGED)
}

/// Ten faces under the same cover in the same photo.
fn transplanted(kind: &Kind, people: &People) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut firsts = Vec::new();
    for (index, probe) in people.probes.iter().enumerate().take(TRANSPLANTED) {
        let Portrait { photo, face, landmarks, .. } = &probe.covered;
        let area = attacked(&probe.covered);
        let donors = people.probes.iter().cycle().skip(index).take(FACES);
        let pictures: Vec<Frame> =
            donors.map(|donor| transplant(&photo.frame, landmarks, area, &donor.covered.aligned)).collect();
        // The first one is what was published; the attacker covers all of them once more.
        let seen = crop_under(&kind.publish(&pictures[0], photo, face)?.frame, area)?;
        let mut likeness = Vec::new();
        for picture in &pictures {
            likeness.push(-trimmed_distance(&seen, &crop_under(&kind.publish(picture, photo, face)?.frame, area)?));
        }
        firsts.push(Rank::among(likeness[0], likeness[1..].iter().copied()).chance_of_first());
    }
    Ok(firsts)
}

/// What `tarnkappe verify` says of each copy: that the face is recognised, and that it can be linked to its photo.
fn seen_by_verify(
    people: &People,
    published: &[Covered],
    adversary: &mut Adversary,
) -> Result<[Vec<f32>; 2], Box<dyn Error>> {
    let mut seen = [Vec::new(), Vec::new()];
    for (probe, covered) in people.probes.iter().zip(published).take(VERIFIED) {
        let Portrait { photo, face, .. } = &probe.covered;
        let parts = [FacePart::of(&photo.frame, face)?, FacePart::of(&covered.frame, face)?];
        let [Some(before), Some(after)] = parts else { continue };
        let reidentified = adversary.verifier.reidentifies(&before, &after, None)?;
        let linked = adversary.verifier.links(&before, &after)?;
        seen[0].push(f32::from(u8::from(reidentified)));
        seen[1].push(f32::from(u8::from(linked)));
    }
    Ok(seen)
}

/// The mean over all covered photos of each person of whom there are at least three.
fn averaged(
    kind: &Kind,
    people: &People,
    covered: &[Embedding],
    known: &[Embedding],
    adversary: &mut Adversary,
) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut firsts = Vec::new();
    for (own, probe) in people.probes.iter().enumerate().filter(|(_, probe)| !probe.further.is_empty()) {
        let mut seen = vec![covered[own].clone()];
        for portrait in &probe.further {
            seen.push(adversary.recogniser.embed(&publish(kind, portrait)?.frame, &portrait.landmarks)?);
        }
        let Some(mean) = mean_embedding(&seen) else { continue };
        let others =
            known.iter().enumerate().filter(|(index, _)| *index != own).map(|(_, entry)| similarity(&mean, entry));
        firsts.push(Rank::among(similarity(&mean, &known[own]), others).chance_of_first());
    }
    Ok(firsts)
}
