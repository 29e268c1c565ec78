//! The frames of an animation as they are coded, each with what makes it a file of its own.

use std::ops::Range;

use crate::container::png::{Chunk, push_chunk};
use crate::container::{self, Span, riff, sniff};
use crate::report::Format;

/// Further pictures of a file that are decoded at most. Enough for any short animation, and a bound on the time that a file of
/// thousands of tiny frames takes.
pub(super) const MOST: usize = 100;

/// What becomes of a frame's area before the next frame is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dispose {
    /// It stays.
    Keep,
    /// It becomes transparent.
    Clear,
    /// It becomes what it was before the frame.
    Restore,
}

/// A frame as it is coded.
#[derive(Debug)]
pub(super) struct Coded {
    /// How a file of this frame begins.
    head: Vec<u8>,
    /// How it ends.
    body: Vec<u8>,
    /// Its left and top edge on the canvas.
    pub(super) at: [u32; 2],
    /// Transparency shows what is below, rather than replacing it.
    pub(super) blends: bool,
    /// What becomes of its area.
    pub(super) dispose: Dispose,
    /// Where it lies in the file of the animation: first byte and the one after the last.
    pub(super) bytes: [u64; 2],
}

#[cfg(test)]
impl Coded {
    /// A frame at a place, without data.
    pub(super) fn at(at: [u32; 2], blends: bool, dispose: Dispose) -> Self {
        Self { head: Vec::new(), body: Vec::new(), at, blends, dispose, bytes: [0, 0] }
    }
}

/// The frames of an animation.
#[derive(Debug)]
pub(super) struct Animation {
    /// Width and height in pixels.
    pub(super) canvas: [u32; 2],
    /// The first [`MOST`] + 1, in order: the first frame is the picture itself, not a further one.
    pub(super) frames: Vec<Coded>,
    /// Frames after those.
    pub(super) more: usize,
    /// A picture that is not part of the animation, and that browsers do not show.
    pub(super) hidden: Option<Coded>,
    /// What stands between head and body in the file of every frame.
    shared: Vec<u8>,
}

impl Animation {
    /// `None` if the file is no animation, or shows one picture only.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let animation = match sniff(bytes) {
            Ok(Format::Png) => png(bytes),
            Ok(Format::Gif) => gif(bytes),
            Ok(Format::Webp) => webp(bytes),
            _ => None,
        }?;
        (animation.frames.len() > 1 || animation.hidden.is_some()).then_some(animation)
    }

    fn new(canvas: [u32; 2]) -> Self {
        Self { canvas, frames: Vec::new(), more: 0, hidden: None, shared: Vec::new() }
    }

    /// Takes a frame, or counts it if there are enough.
    fn add(&mut self, frame: impl FnOnce() -> Coded) {
        if self.frames.len() <= MOST {
            self.frames.push(frame());
        } else {
            self.more += 1;
        }
    }

    /// A frame's picture as a file of its own.
    pub(super) fn file(&self, frame: &Coded) -> Vec<u8> {
        [&frame.head[..], &self.shared, &frame.body].concat()
    }
}

/// APNG (PNG, third edition, 11.3.7): `fcTL` before each frame, whose data is in `fdAT`, or in `IDAT` for the picture that
/// programs show which do not know of animations.
fn png(bytes: &[u8]) -> Option<Animation> {
    let (width, height) = container::png::size(bytes)?;
    let mut animation = Animation::new([width, height]);
    let header: [u8; 13] = *container::png::chunks(bytes).next()?.data.first_chunk()?;
    let mut still = Frame::new(&header, None, 0);
    let mut frame: Option<Frame> = None;
    let (mut has_picture, mut plays) = (false, false);
    for chunk in container::png::chunks(bytes) {
        let Chunk { kind, at: start, data: content, .. } = chunk;
        match kind {
            b"IEND" => break,
            b"acTL" => plays |= !has_picture && content.get(..4).is_some_and(|frames| frames != [0; 4]),
            b"fcTL" => {
                frame.take().into_iter().for_each(|frame| animation.add(|| frame.coded()));
                frame = content.first_chunk().map(|control| Frame::new(&header, Some(control), start));
            }
            b"IDAT" => {
                has_picture = true;
                frame.as_mut().unwrap_or(&mut still).push(content, start);
            }
            b"fdAT" => {
                let pixels = content.get(4..).unwrap_or_default();
                frame.iter_mut().for_each(|frame| frame.push(pixels, start));
            }
            // Palette, transparency and colours hold for all frames, unless they are damaged.
            _ if !has_picture && kind != b"IHDR" && chunk.is_intact() => {
                let kind = kind.first_chunk().copied().unwrap_or_default();
                push_chunk(&mut animation.shared, kind, content);
            }
            _ => {}
        }
    }
    frame.into_iter().for_each(|frame| animation.add(|| frame.coded()));
    match still.data.is_empty() {
        true => {}
        false if plays && !animation.frames.is_empty() => animation.hidden = Some(still.coded()),
        // The still picture is shown. Frames that no program plays are further pictures all the same.
        false => animation.frames.insert(0, still.coded()),
    }
    Some(animation)
}

/// A frame of an APNG while its data is gathered.
struct Frame {
    head: Vec<u8>,
    data: Vec<u8>,
    at: [u32; 2],
    blends: bool,
    dispose: Dispose,
    bytes: Range<usize>,
}

impl Frame {
    /// `control`: sequence number, width, height, x, y (4 bytes each), delay (4), dispose, blend.
    fn new(header: &[u8; 13], control: Option<&[u8; 26]>, start: usize) -> Self {
        let number = |at: usize| control.map_or(0, |c| u32::from_be_bytes([c[at], c[at + 1], c[at + 2], c[at + 3]]));
        let mut header = *header;
        if let Some(control) = control {
            header[..8].copy_from_slice(&control[4..12]);
        }
        let mut head = b"\x89PNG\r\n\x1A\n".to_vec();
        push_chunk(&mut head, *b"IHDR", &header);
        let dispose = match control.map(|control| control[24]) {
            Some(1) => Dispose::Clear,
            Some(2) => Dispose::Restore,
            _ => Dispose::Keep,
        };
        let blends = control.is_some_and(|control| control[25] == 1);
        Self { head, data: Vec::new(), at: [number(12), number(16)], blends, dispose, bytes: start..start }
    }

    fn push(&mut self, pixels: &[u8], start: usize) {
        push_chunk(&mut self.data, *b"IDAT", pixels);
        if self.bytes.start == 0 {
            self.bytes.start = start;
        }
        self.bytes.end = start + pixels.len();
    }

    fn coded(self) -> Coded {
        let Self { head, mut data, at, blends, dispose, bytes } = self;
        push_chunk(&mut data, *b"IEND", &[]);
        Coded { head, body: data, at, blends, dispose, bytes: [bytes.start as u64, bytes.end as u64] }
    }
}

/// GIF 89a: a graphic control extension before a frame says what becomes of its area.
fn gif(bytes: &[u8]) -> Option<Animation> {
    /// Signature 6, width 2, height 2, packed 1, background 1, aspect ratio 1.
    const SCREEN: usize = 13;
    let screen: [u8; SCREEN] = *bytes.first_chunk()?;
    let number = |at: usize| u32::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let mut animation = Animation::new([number(6), number(8)]);
    let mut control = 0..0;
    for (name, block) in container::gif::blocks(bytes) {
        match name {
            "global colour table" => animation.shared = bytes.get(block).unwrap_or_default().to_vec(),
            "graphic control extension" => control = block,
            "image" => {
                let (Some(image), control) = (bytes.get(block.clone()), std::mem::take(&mut control)) else { break };
                animation.add(|| gif_frame(screen, bytes.get(control).unwrap_or_default(), image, block.start));
            }
            _ => {}
        }
    }
    Some(animation)
}

/// `image`: separator 1, left 2, top 2, width 2, height 2, packed 1, colour table, data.
fn gif_frame(mut head: [u8; 13], control: &[u8], image: &[u8], start: usize) -> Coded {
    let number = |at: usize| image.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |n| u16::from_le_bytes(*n));
    let at = [number(1), number(3)].map(u32::from);
    // A screen as large as the frame.
    head[6..8].copy_from_slice(&number(5).to_le_bytes());
    head[8..10].copy_from_slice(&number(7).to_le_bytes());
    let mut body = [control, image, b";"].concat();
    if let Some(place) = body.get_mut(control.len() + 1..control.len() + 5) {
        place.fill(0);
    }
    let dispose = match control.get(3).map_or(0, |packed| packed >> 2 & 7) {
        2 => Dispose::Clear,
        3 => Dispose::Restore,
        _ => Dispose::Keep,
    };
    let bytes = [start as u64, (start + image.len()) as u64];
    Coded { head: head.to_vec(), body, at, blends: true, dispose, bytes }
}

/// WebP (RFC 9649, 2.7.1.1): a frame's bitstream, with its alpha plane before it if it is lossy.
fn webp(bytes: &[u8]) -> Option<Animation> {
    let mut animation = None;
    for riff::Chunk { name, data, .. } in riff::chunks(riff::content(bytes)) {
        let content = data.bytes();
        match (name, &mut animation) {
            // Flags 4, width less one 3, height less one 3.
            (b"VP8X", None) => {
                animation = Some(Animation::new([number_24(content, 4), number_24(content, 7)].map(|n| n + 1)))
            }
            (b"ANMF", Some(animation)) => animation.add(|| webp_frame(data)),
            _ => {}
        }
    }
    animation
}

/// `content`: half of x 3, half of y 3, width less one 3, height less one 3, duration 3, flags 1, chunks.
fn webp_frame(data: Span) -> Coded {
    let content = data.bytes();
    let at = [2 * number_24(content, 0), 2 * number_24(content, 3)];
    let size = content.get(6..12).unwrap_or_default();
    let flags = content.get(15).copied().unwrap_or(0);
    let (mut chunks, mut has_alpha) = (Vec::new(), false);
    for riff::Chunk { name, data, .. } in riff::chunks(data.from(16)) {
        if matches!(name, b"ALPH" | b"VP8 " | b"VP8L") {
            has_alpha |= name == b"ALPH";
            chunks.extend(riff::chunk(name, &[data.bytes()]));
        }
    }
    // The alpha plane of a lossy picture is found through an extended header only.
    let extended = if has_alpha { riff::chunk(b"VP8X", &[&[0x10, 0, 0, 0], size]) } else { Vec::new() };
    let bytes = data.range();
    let dispose = if flags & 1 == 1 { Dispose::Clear } else { Dispose::Keep };
    let head = riff::chunk(b"RIFF", &[b"WEBP", &extended, &chunks]);
    Coded { head, body: Vec::new(), at, blends: flags & 2 == 0, dispose, bytes }
}

fn number_24(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 3).map_or(0, |n| u32::from_le_bytes([n[0], n[1], n[2], 0]))
}
