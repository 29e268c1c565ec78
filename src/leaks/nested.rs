//! Who reads a block inside another. The only place that knows all readers: they hand such blocks back to it.

use super::exif::Host;
use super::findings::{Block, Findings};
use super::{c2pa, ciff, exif, icc, iptc, jpeg, mpf, photoshop, xmp};

/// Has the block read by its reader.
pub(super) fn read(block: Block, out: &mut Findings) {
    match block {
        Block::Exif(structure) => exif::find(structure, Host::Photo, out),
        Block::Jpeg(picture) => jpeg::find_inside(picture, out),
        Block::Mpf { file, index } => mpf::find(file, index, out),
        Block::Xmp(packet, location) => xmp::find(packet, location, out),
        Block::Iptc(block, location) => iptc::find(block, location, out),
        Block::Photoshop(resources, location) => photoshop::find(resources, location, out),
        Block::Ciff(heap, location) => ciff::find(heap, location, out),
        Block::Icc { profile, place, location } => icc::find(profile, place, location, out),
        Block::C2pa { boxes, place, location } => c2pa::find(boxes, place, location, out),
    }
}
