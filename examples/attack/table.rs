//! One row of the table: every attack on one kind of cover.

use std::collections::BTreeMap;
use std::error::Error;

use serde_json::{Value, json};
use tarnkappe::detect::Policy;
use tarnkappe::prove::FacePart;
use tarnkappe::prove::attacks::covers::{Covered, Covering, under};
use tarnkappe::prove::attacks::portrait::{FACES, Portrait, Undone, chance_of_nearest};
use tarnkappe::prove::attacks::{Rank, Undoing, centred, identify, mean_embedding, redetected, trimmed_distance};
use tarnkappe::recognition::recogniser::{Embedding, similarity};

use crate::people::{Adversary, People, Probe};

/// Score from which a detection counts: low, as an attacker would have it.
const REDETECTION_THRESHOLD: f32 = 0.3;

/// Other persons in the gallery that is covered like the probes.
const PARROT_OTHERS: usize = 60;

/// Probes whose faces are exchanged.
const TRANSPLANTED: usize = 40;

/// Copies that are shown to `tarnkappe verify`.
const VERIFIED: usize = 20;

/// What came of each attack, person by person: the chance that it names the right one.
pub(crate) fn row(
    name: &str,
    covering: Covering,
    people: &People,
    adversary: &mut Adversary,
) -> Result<Value, Box<dyn Error>> {
    let published: Vec<Covered> =
        people.probes.iter().map(|probe| probe.covered.publish(covering)).collect::<Result<_, _>>()?;
    let known: Vec<Embedding> = gallery(people);
    let policy = Policy::default().with_threshold(REDETECTION_THRESHOLD);
    let mut redetections = Vec::new();
    let mut undoings: BTreeMap<String, Vec<Embedding>> = BTreeMap::new();
    for (probe, covered) in people.probes.iter().zip(&published) {
        let faces = std::slice::from_ref(&probe.covered.face);
        let found = redetected(&covered.frame, faces, &mut adversary.detector, &policy)?;
        redetections.extend(found.iter().map(|found| f32::from(u8::from(*found))));
        for Undone { undoing, embedding, .. } in probe.covered.undone(covered, &mut adversary.recogniser)? {
            undoings.entry(format!("{undoing:?}")).or_default().push(embedding);
        }
    }
    let covered = &undoings[&format!("{:?}", Undoing::None)];
    let mut by_undoing: BTreeMap<String, Vec<f32>> =
        undoings.iter().map(|(name, probes)| (name.clone(), firsts(probes, &known))).collect();
    for (name, probes) in &undoings {
        by_undoing.insert(format!("{name}, centred"), firsts(&centred(probes), &centred(&known)));
    }
    Ok(json!({
        "cover": name,
        "redetected": redetections,
        "other_photo": firsts(covered, &known),
        "undone": by_undoing,
        "parrot": parrot(covering, people, covered, adversary)?,
        "same_photo": same_photo(covering, people, &published)?,
        "transplant": transplanted(covering, people)?,
        "seen_by_verify": seen_by_verify(people, &published, adversary)?,
        "averaged": averaged(covering, people, covered, &known, adversary)?,
    }))
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
    covering: Covering,
    people: &People,
    probes: &[Embedding],
    adversary: &mut Adversary,
) -> Result<Vec<f32>, Box<dyn Error>> {
    let candidates = people.probes.iter().map(|probe| &probe.known).chain(people.others.iter().take(PARROT_OTHERS));
    let gallery = candidates
        .map(|portrait| Ok(portrait.covered(&portrait.publish(covering)?, &mut adversary.recogniser)?))
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let plain = firsts(probes, &gallery);
    let less_common = firsts(&centred(probes), &centred(&gallery));
    Ok(if plain.iter().sum::<f32>() >= less_common.iter().sum() { plain } else { less_common })
}

/// The attacker has the very photos that were covered, covers them once more and compares pixels.
fn same_photo(covering: Covering, people: &People, published: &[Covered]) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut candidates = Vec::new();
    for Probe { covered, .. } in &people.probes {
        candidates.push(under(&covered.publish(covering)?.frame, &covered.face)?);
    }
    let mut firsts = Vec::new();
    for (own, (probe, covered)) in people.probes.iter().zip(published).enumerate() {
        let seen = under(&covered.frame, &probe.covered.face)?;
        let mut distances: Vec<f32> = candidates.iter().map(|candidate| trimmed_distance(&seen, candidate)).collect();
        distances.swap(0, own);
        firsts.push(chance_of_nearest(&distances));
    }
    Ok(firsts)
}

/// Ten faces under the same cover in the same photo.
fn transplanted(covering: Covering, people: &People) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut firsts = Vec::new();
    for (index, probe) in people.probes.iter().enumerate().take(TRANSPLANTED) {
        let donors = people.probes.iter().cycle().skip(index).take(FACES);
        let faces = donors.map(|donor| &donor.covered.aligned[..]);
        firsts.push(chance_of_nearest(&probe.covered.transplanted(covering, faces)?));
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
    covering: Covering,
    people: &People,
    covered: &[Embedding],
    known: &[Embedding],
    adversary: &mut Adversary,
) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut firsts = Vec::new();
    for (own, probe) in people.probes.iter().enumerate().filter(|(_, probe)| !probe.further.is_empty()) {
        let mut seen = vec![covered[own].clone()];
        for portrait in &probe.further {
            seen.push(portrait.covered(&portrait.publish(covering)?, &mut adversary.recogniser)?);
        }
        let Some(mean) = mean_embedding(&seen) else { continue };
        let others =
            known.iter().enumerate().filter(|(index, _)| *index != own).map(|(_, entry)| similarity(&mean, entry));
        firsts.push(Rank::among(similarity(&mean, &known[own]), others).chance_of_first());
    }
    Ok(firsts)
}
