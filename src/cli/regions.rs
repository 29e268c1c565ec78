//! Which entry of a regions file is meant for which picture.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use tarnkappe::error::{InputError, Result};
use tarnkappe::mask::{Mask, Run};
use tarnkappe::photo::{Frame, Limits};
use tarnkappe::protect::lengths_of;
use tarnkappe::report::Shape;

/// The entries of a regions file, by name, beside the pictures that they are for. An entry whose name is the path of a picture is
/// for that one, any other one for the pictures with that file name.
pub(super) struct Assignment {
    names: Vec<String>,
    /// Of each picture the entries that are for it.
    entries: Vec<Vec<usize>>,
    /// Of each entry how many pictures it is for. A picture that is given twice counts once.
    pictures: Vec<usize>,
}

impl Assignment {
    pub(super) fn new(names: Vec<String>, paths: &[PathBuf]) -> Self {
        let files: Vec<PathBuf> = paths.iter().map(|path| file_at(path)).collect();
        let (mut by_path, mut by_name) = (HashMap::<_, Vec<usize>>::new(), HashMap::<_, Vec<usize>>::new());
        for (picture, (path, file)) in paths.iter().zip(&files).enumerate() {
            by_path.entry(file.clone()).or_default().push(picture);
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            by_name.entry(name).or_default().push(picture);
        }
        let mut entries = vec![Vec::new(); paths.len()];
        let mut pictures = Vec::new();
        for (entry, name) in names.iter().enumerate() {
            let of_entry = by_path.get(&file_at(Path::new(name))).or_else(|| by_name.get(name));
            let of_entry = of_entry.map(Vec::as_slice).unwrap_or_default();
            of_entry.iter().for_each(|&picture| entries[picture].push(entry));
            pictures.push(of_entry.iter().map(|&picture| &files[picture]).collect::<HashSet<_>>().len());
        }
        Self { names, entries, pictures }
    }

    /// The entry for a picture, by their places in what was given.
    ///
    /// # Errors
    /// [`InputError::NoRegions`], [`InputError::DuplicateRegions`] or [`InputError::AmbiguousRegions`] unless there is one entry
    /// that is for no other picture.
    pub(super) fn entry(&self, picture: usize) -> Result<usize> {
        match self.entries[picture][..] {
            [] => Err(InputError::NoRegions.into()),
            [entry] if self.pictures[entry] > 1 => Err(InputError::AmbiguousRegions(self.names[entry].clone()).into()),
            [entry] => Ok(entry),
            ref several => {
                let names: Vec<String> = several.iter().map(|&entry| format!("\"{}\"", self.names[entry])).collect();
                Err(InputError::DuplicateRegions(names.join(", ")).into())
            }
        }
    }

    /// The names of entries that are for no picture.
    pub(super) fn unused(&self) -> impl Iterator<Item = &str> {
        self.names.iter().zip(&self.pictures).filter(|(_, pictures)| **pictures == 0).map(|(name, _)| name.as_str())
    }
}

/// The file at a path, however the path is written; the path without what says nothing if there is no such file.
fn file_at(path: &Path) -> PathBuf {
    let plain = || path.components().filter(|part| *part != Component::CurDir).collect();
    std::fs::canonicalize(path).unwrap_or_else(|_| plain())
}

/// The mask in a picture file, as bounds and shape: what is not black in it is covered. `photo` is the file of the photo that it is for,
/// which is opened within `limits`.
///
/// # Errors
/// As [`tarnkappe::open`], and [`InputError::BadRegion`] if it is of another size than the photo, or nothing in it is covered.
pub(super) fn mask_in(path: &Path, photo: &[u8], limits: &Limits) -> Result<([f32; 4], Shape)> {
    let bad = |what: &str| InputError::BadRegion(format!("the mask {} {what}", path.display()));
    let opened = super::files::read(path, limits).and_then(|bytes| tarnkappe::open(&bytes, limits));
    let opened = opened.map_err(|error| bad(&format!("cannot be opened: {error}")))?;
    let Frame { width, height, rgb, .. } = opened.frame;
    let photo = tarnkappe::open(photo, limits)?.frame;
    if (width, height) != (photo.width, photo.height) {
        return Err(bad(&format!("has {width} x {height} pixels, the photo {} x {}", photo.width, photo.height)).into());
    }
    let row = |(y, row): (u32, &[u8])| {
        let covered = row.chunks_exact(3).zip(0..).filter(|(pixel, _)| *pixel != [0; 3]);
        covered.map(|(_, x)| Run { y, from: x, to: x + 1 }).collect::<Vec<_>>()
    };
    let mask = Mask::of_runs((0..height).zip(rgb.chunks_exact(3 * width as usize)).flat_map(row).collect());
    if mask.is_empty() {
        return Err(bad("covers nothing").into());
    }
    let bounds = mask.bounds().to_xywh().map(|side| side as f32);
    Ok((bounds, Shape::Mask(lengths_of(&mask))))
}
