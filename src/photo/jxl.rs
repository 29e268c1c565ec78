//! JPEG XL, decoded by the crate `jxl`.
//!
//! What the header says is read here first, so that sizes are checked before the crate takes any memory. The crate gives the first
//! picture as stored, in the colours that it is coded in; those become what they become in all formats.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use jxl::api::{
    AlphaMode, Endianness, Event, ExtraChannel, JxlBasicInfo, JxlBitstreamInput, JxlColorEncoding, JxlColorProfile,
    JxlColorType, JxlDataFormat, JxlDecoder, JxlDecoderOptions, JxlOutputBuffer, JxlParallelRunner,
    JxlParallelRunnerFun, JxlPixelFormat, JxlPrimaries, JxlTransferFunction, JxlWhitePoint,
};
use jxl::error::Error as JxlError;

use super::announced::check_size;
use super::clock::{Clock, stopwatch, within};
use super::limits::{Limits, zeroed};
use super::pixels::{PixelFormat, PlatformPixels};
use crate::container::jxl::Header;
use crate::error::{Error, InputError, LimitsError, Result};

/// Bytes that the crate holds for each sample of up to 8 bits while it decodes, besides the result. Samples of more bits take twice
/// as many. Pictures that lost nothing take most.
const BYTES_PER_SAMPLE: u64 = 2;
/// Bytes for each sample of a frame that is kept because others refer to it.
const BYTES_PER_KEPT_SAMPLE: u64 = 4;
/// Frames of full size that are held at once at most, besides the picture: four that others may refer to, and the next one. Those of an
/// eighth of the width and height take little.
const MOST_KEPT: u64 = 5;
/// Samples that a frame may have where the picture has fewer.
const LEAST_SAMPLES: u64 = 4 << 20;
/// Channels of colour, as the crate counts them.
const COLOURS: u64 = 3;
/// Code points (ITU-T H.273): primaries and transfer function of sRGB, transfer functions, and one that is reserved.
const SRGB: [u16; 2] = [1, 13];
const LINEAR: u16 = 8;
const PQ: u16 = 16;
const HLG: u16 = 18;
const RESERVED: u16 = 3;
/// What one file may take, whatever it shows. In WebAssembly all takes longer.
const LEAST_TIME: Duration = Duration::from_secs(if cfg!(target_arch = "wasm32") { 4 } else { 2 });
/// What it may take besides, for a million pixels: twice what the slowest takes, which lost nothing and was written with the greatest
/// effort.
const TIME_PER_MEGAPIXEL: Duration = Duration::from_millis(if cfg!(target_arch = "wasm32") { 1000 } else { 400 });
/// What is waited besides for the crate to come to the next look at the clock.
const GRACE: Duration = Duration::from_millis(250);
const TOO_SLOW: &str = "its picture takes too long to decode";
/// Pixels for which a file gets time, for each of its bytes: a file of few bytes has no right to much time, whatever it announces.
const PIXELS_PER_BYTE: u64 = 64;

/// Decodes the first picture as stored.
///
/// # Errors
/// [`InputError::Corrupt`] if it takes too long by `clock`; [`InputError::NoDecoder`] for what is not decoded, or not rightly;
/// otherwise as [`super::open`].
pub fn decode(bytes: &[u8], limits: &Limits, clock: Clock) -> Result<PlatformPixels> {
    limits.check_bytes(bytes.len() as u64)?;
    let header = Header::read(bytes).ok_or_else(|| corrupt("it does not say how large its picture is"))?;
    check_size(header.width, header.height, limits)?;
    // Inks besides three colours mean nothing without a profile for four.
    if header.has_black {
        return Err(not_decoded());
    }
    check_memory(&header, limits)?;
    // What the crate's own checks let through ends as an error and not as the end of the program. In WebAssembly nothing can be caught.
    let deadline = Deadline::after(time_for(bytes, &header), clock);
    catch_unwind(AssertUnwindSafe(|| first_picture(bytes, &header, limits, &deadline)))
        .unwrap_or_else(|_| Err(broken()))
}

/// As [`decode`], by the clock of the machine, and in time also where the crate does not look at it: a million tiny pictures that are
/// put into one (patches) take minutes.
///
/// # Errors
/// As [`decode`].
pub(super) fn decode_here(bytes: &[u8], limits: &Limits) -> Result<PlatformPixels> {
    let time = Header::read(bytes).map_or(LEAST_TIME, |header| time_for(bytes, &header));
    let (file, limits) = (copy(bytes)?, *limits);
    let decoded = within(time + GRACE, move || decode(&file, &limits, &stopwatch()));
    decoded.unwrap_or_else(|| Err(corrupt(TOO_SLOW)))
}

/// Where the codestream ends: the byte after it in the file. `None` if that is not known. It takes half the time of decoding at most.
pub(crate) fn end(bytes: &[u8]) -> Option<usize> {
    let header = Header::read(bytes)?;
    let time = time_for(bytes, &header) / 2;
    let file = copy(bytes).ok()?;
    let read = move || {
        let clock = stopwatch();
        let deadline = Deadline::after(time, &clock);
        let read = || end_before(&file, &header, &Limits::default(), &deadline);
        catch_unwind(AssertUnwindSafe(read)).ok()?.ok()
    };
    within(time + GRACE, read)?
}

/// The file for work that may be left alone.
fn copy(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    file.try_reserve_exact(bytes.len()).map_err(|_| LimitsError::Memory)?;
    file.extend_from_slice(bytes);
    Ok(file)
}

/// As [`end`]. Frames that are shown are passed over; those that are not, the crate decodes all the same.
fn end_before(bytes: &[u8], header: &Header, limits: &Limits, deadline: &Deadline) -> Result<usize> {
    let mut scanning = options(header, limits);
    scanning.scan_frames_only = true;
    let mut decoder = Decoder::new(bytes, scanning, Watched::new(header, limits, deadline));
    loop {
        let event = decoder.next(None)?;
        let end = decoder.crates.file_length().and_then(|end| usize::try_from(end).ok());
        match end.filter(|end| *end <= bytes.len()) {
            Some(end) => return Ok(end),
            None if matches!(event, Event::NeedMoreInput { .. } | Event::Complete) => {
                return Err(InputError::Truncated.into());
            }
            None => {}
        }
    }
}

fn check_memory(header: &Header, limits: &Limits) -> Result<()> {
    limits.check_memory(picture_memory(header))
}

/// Bytes that the picture takes while it is decoded.
fn picture_memory(header: &Header) -> u64 {
    samples(header).saturating_mul(bytes_per_sample(header))
}

fn samples(header: &Header) -> u64 {
    let channels = COLOURS + u64::from(header.extra_channels);
    channels.saturating_mul(u64::from(header.width) * u64::from(header.height))
}

/// While a picture is decoded.
fn bytes_per_sample(header: &Header) -> u64 {
    let depth = if is_deep(header) { 2 } else { 1 };
    depth * (1 + BYTES_PER_SAMPLE)
}

fn is_deep(header: &Header) -> bool {
    header.bits > 8
}

fn first_picture(bytes: &[u8], header: &Header, limits: &Limits, deadline: &Deadline) -> Result<PlatformPixels> {
    let (width, height) = (header.width, header.height);
    let mut decoding = Decoder::new(bytes, options(header, limits), Watched::new(header, limits, deadline));
    decoding.expect(Event::BasicInfo)?;
    let decoder = &mut decoding.crates;
    let Some(info) = decoder.basic_info().cloned() else { return Err(broken()) };
    if info.size != (width as usize, height as usize) {
        return Err(corrupt("its picture is not as large as it says"));
    }
    let colours = decoder.output_color_profile().map_or(Colours::Unknown, Colours::of);
    let is_grey = decoder.current_pixel_format().is_some_and(|format| format.color_type.is_grayscale());
    let format = match (has_alpha(&info), is_deep(header) || colours.needs_depth()) {
        (false, false) => PixelFormat::Rgb,
        (false, true) => PixelFormat::Rgb16,
        (true, false) => PixelFormat::Rgba,
        (true, true) => PixelFormat::Rgba16,
    };
    let wanted = crates(format, is_grey, info.extra_channels.len());
    let channels = wanted.color_type.samples_per_pixel();
    decoder.set_pixel_format(wanted).map_err(error_of)?;
    let colours = decoder.output_color_profile().map_or(Colours::Unknown, Colours::of);
    decoding.expect(Event::FrameHeader)?;
    decoding.runner.is_before_picture = false;

    let sample_len = if matches!(format, PixelFormat::Rgb16 | PixelFormat::Rgba16) { 2 } else { 1 };
    let row = (channels * sample_len) as u64 * u64::from(width);
    let mut samples = zeroed(row * u64::from(height))?;
    // The crate wants samples of two bytes where such can lie, as every allocator gives them.
    if !samples.as_ptr().cast::<u16>().is_aligned() {
        return Err(LimitsError::Memory.into());
    }
    let mut buffer = [JxlOutputBuffer::new(&mut samples, height as usize, row as usize)];
    let Event::FrameComplete { has_more_frames } = decoding.next(Some(&mut buffer))? else {
        return Err(InputError::Truncated.into());
    };
    drop(decoding);
    if has_more_frames {
        // A file that is cut off later on is no more to be trusted.
        end_before(bytes, header, limits, deadline)?;
    }
    if is_grey {
        samples = coloured(&samples, sample_len, channels)?;
    }
    let (code_points, profile) = colours.into_parts();
    Ok(PlatformPixels { width, height, samples, format, code_points: Some(code_points), profile, is_reduced: false })
}

/// Red, green and blue of grey samples, and alpha after them if it is there. A grey picture is asked for in grey: lossy ones are not
/// quite grey in colours.
fn coloured(grey: &[u8], sample_len: usize, channels: usize) -> Result<Vec<u8>> {
    let mut samples = Vec::new();
    let pixels = grey.len() / (channels * sample_len);
    samples.try_reserve_exact((channels + 2) * sample_len * pixels).map_err(|_| LimitsError::Memory)?;
    for pixel in grey.chunks_exact(channels * sample_len) {
        let (level, alpha) = pixel.split_at(sample_len);
        [level, level, level, alpha].iter().for_each(|sample| samples.extend_from_slice(sample));
    }
    Ok(samples)
}

/// The crate's decoder, with its file.
struct Decoder<'a> {
    crates: JxlDecoder,
    input: Timed<'a>,
    runner: Watched<'a>,
}

impl<'a> Decoder<'a> {
    fn new(bytes: &'a [u8], options: JxlDecoderOptions, runner: Watched<'a>) -> Self {
        let input = Timed { rest: bytes, deadline: runner.deadline };
        Self { crates: JxlDecoder::new(options), input, runner }
    }

    /// Goes on to the next event.
    fn next(&mut self, buffers: Option<&mut [JxlOutputBuffer]>) -> Result<Event> {
        self.crates.process(&mut self.input, buffers, Some(&mut self.runner)).map_err(error_of)
    }

    /// Goes on to the next event, which must be this one.
    fn expect(&mut self, expected: Event) -> Result<()> {
        match self.next(None)? {
            event if event == expected => Ok(()),
            Event::NeedMoreInput { .. } => Err(InputError::Truncated.into()),
            _ => Err(broken()),
        }
    }
}

fn options(header: &Header, limits: &Limits) -> JxlDecoderOptions {
    let mut options = JxlDecoderOptions::default();
    options.adjust_orientation = false;
    // That many are too many.
    options.sample_limit = usize::try_from(most_samples(header, limits) + 1).ok();
    options.alpha_mode = AlphaMode::Unpremultiplied;
    options
}

/// Samples that a frame may have. Those of photos are no larger than the picture.
fn most_samples(header: &Header, limits: &Limits) -> u64 {
    samples(header).max(LEAST_SAMPLES).min(limits.max_decode_memory / bytes_per_sample(header))
}

fn has_alpha(info: &JxlBasicInfo) -> bool {
    info.extra_channels.iter().any(|channel| channel.ec_type == ExtraChannel::Alpha)
}

/// A format in the crate's words, without the channels that nobody sees.
fn crates(format: PixelFormat, is_grey: bool, extra_channels: usize) -> JxlPixelFormat {
    let has_alpha = matches!(format, PixelFormat::Rgba | PixelFormat::Rgba16);
    let color_type = match (is_grey, has_alpha) {
        (false, false) => JxlColorType::Rgb,
        (false, true) => JxlColorType::Rgba,
        (true, false) => JxlColorType::Grayscale,
        (true, true) => JxlColorType::GrayscaleAlpha,
    };
    let data = match format {
        PixelFormat::Rgb16 | PixelFormat::Rgba16 => {
            JxlDataFormat::U16 { endianness: Endianness::native(), bit_depth: 16 }
        }
        _ => JxlDataFormat::U8 { bit_depth: 8 },
    };
    JxlPixelFormat { color_type, color_data_format: Some(data), extra_channel_format: vec![None; extra_channels] }
}

/// What the numbers mean that the crate gives.
enum Colours {
    /// Code points (ITU-T H.273): primaries and transfer function.
    Points([u16; 2]),
    Profile(Vec<u8>),
    Unknown,
}

impl Colours {
    fn of(profile: &JxlColorProfile) -> Self {
        let points = match profile {
            JxlColorProfile::Simple(encoding) => code_points(encoding),
            JxlColorProfile::Icc(_) => None,
        };
        let written = || profile.try_as_icc().map(|profile| profile.into_owned());
        points.map_or_else(|| written().map_or(Self::Unknown, Self::Profile), Self::Points)
    }

    /// Whether numbers have to be converted from all of their bits: 8 would show steps.
    fn needs_depth(&self) -> bool {
        matches!(self, Self::Points([_, LINEAR | PQ | HLG]))
    }

    /// Code points, and a profile that counts before them. Nothing known is code points that are none.
    fn into_parts(self) -> ([u16; 2], Option<Vec<u8>>) {
        match self {
            Self::Points(points) => (points, None),
            Self::Profile(profile) => (SRGB, Some(profile)),
            Self::Unknown => ([RESERVED; 2], None),
        }
    }
}

/// The code points of colours that have such, and that mean the same to all programs.
fn code_points(encoding: &JxlColorEncoding) -> Option<[u16; 2]> {
    let (white, primaries, transfer) = match encoding {
        JxlColorEncoding::RgbColorSpace { white_point, primaries, transfer_function, .. } => {
            let primaries = match primaries {
                JxlPrimaries::SRGB => SRGB[0],
                JxlPrimaries::BT2100 => 9,
                JxlPrimaries::P3 => 12,
                JxlPrimaries::Chromaticities { .. } => return None,
            };
            (white_point, primaries, transfer_function)
        }
        JxlColorEncoding::GrayscaleColorSpace { white_point, transfer_function, .. } => {
            (white_point, SRGB[0], transfer_function)
        }
        JxlColorEncoding::XYB { .. } => return None,
    };
    let transfer = match transfer {
        JxlTransferFunction::SRGB => SRGB[1],
        JxlTransferFunction::Linear => LINEAR,
        JxlTransferFunction::PQ => PQ,
        JxlTransferFunction::HLG => HLG,
        JxlTransferFunction::BT709 | JxlTransferFunction::DCI | JxlTransferFunction::Gamma(_) => return None,
    };
    (*white == JxlWhitePoint::D65).then_some([primaries, transfer])
}

/// When all that is done with one file has to be over.
struct Deadline<'a> {
    clock: Clock<'a>,
    end: Duration,
}

/// What decoding may take.
fn time_for(bytes: &[u8], header: &Header) -> Duration {
    let pixels = u64::from(header.width) * u64::from(header.height);
    let counted = pixels.min(PIXELS_PER_BYTE * bytes.len() as u64);
    LEAST_TIME + TIME_PER_MEGAPIXEL.mul_f64(counted as f64 / 1e6)
}

impl<'a> Deadline<'a> {
    /// So much time from now on.
    fn after(time: Duration, clock: Clock<'a>) -> Self {
        Self { clock, end: clock() + time }
    }

    fn check(&self) -> std::io::Result<()> {
        if (self.clock)() > self.end {
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        Ok(())
    }
}

/// Looks at the clock before each part of a frame: a file can have many frames, each as large as the picture, in few bytes. Counts the
/// frames that are kept for the picture.
struct Watched<'a> {
    deadline: &'a Deadline<'a>,
    is_before_picture: bool,
    /// Frames that may still be kept.
    kept_left: u64,
}

impl<'a> Watched<'a> {
    fn new(header: &Header, limits: &Limits, deadline: &'a Deadline<'a>) -> Self {
        let left = limits.max_decode_memory.saturating_sub(picture_memory(header));
        let kept_left = match left / (BYTES_PER_KEPT_SAMPLE * most_samples(header, limits).max(1)) {
            MOST_KEPT.. => u64::MAX,
            few => few,
        };
        Self { deadline, is_before_picture: true, kept_left }
    }

    /// Before a frame's parts are drawn. The room for them has been reserved, but nothing written.
    fn count_kept(&mut self) -> Result<(), JxlError> {
        if self.is_before_picture {
            self.kept_left = self.kept_left.checked_sub(1).ok_or(JxlError::ImageSizeTooLarge(0, 0))?;
        }
        Ok(())
    }
}

impl JxlParallelRunner for Watched<'_> {
    fn run(&mut self, parts: usize, decode: &JxlParallelRunnerFun) -> Result<(), JxlError> {
        for part in 0..parts {
            self.deadline.check()?;
            decode(part)?;
        }
        Ok(())
    }

    fn num_threads(&self) -> usize {
        1
    }

    /// Only a frame's parts, once in each, come with a number of threads.
    fn run_ordered(
        &mut self,
        parts: usize,
        threads: Option<usize>,
        decode: &JxlParallelRunnerFun,
    ) -> Result<(), JxlError> {
        if threads.is_some() {
            self.count_kept()?;
        }
        self.run(parts, decode)
    }
}

/// The file, which ends with an error once time is up.
struct Timed<'a> {
    rest: &'a [u8],
    deadline: &'a Deadline<'a>,
}

impl JxlBitstreamInput for Timed<'_> {
    fn available_bytes(&mut self) -> std::io::Result<usize> {
        self.deadline.check()?;
        self.rest.available_bytes()
    }

    fn read(&mut self, buffers: &mut [std::io::IoSliceMut]) -> std::io::Result<usize> {
        self.deadline.check()?;
        JxlBitstreamInput::read(&mut self.rest, buffers)
    }

    fn skip(&mut self, bytes: usize) -> std::io::Result<usize> {
        self.deadline.check()?;
        JxlBitstreamInput::skip(&mut self.rest, bytes)
    }
}

fn error_of(error: JxlError) -> Error {
    match error {
        JxlError::OutOfMemory(_) | JxlError::ImageOutOfMemory(..) | JxlError::ImageSizeTooLarge(..) => {
            LimitsError::Memory.into()
        }
        JxlError::LevelLimitExceeded { .. } | JxlError::PatchesUnsupportedMixedUpsampling(..) => not_decoded(),
        JxlError::UnexpectedCodestreamBoxEnd => InputError::Truncated.into(),
        JxlError::IOError(error) if error.kind() == std::io::ErrorKind::TimedOut => corrupt(TOO_SLOW),
        _ => broken(),
    }
}

fn not_decoded() -> Error {
    InputError::NoDecoder("JPEG XL").into()
}

fn broken() -> Error {
    corrupt("its picture data breaks the rules of JPEG XL.")
}

fn corrupt(what: &str) -> Error {
    InputError::Corrupt(what.into()).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::isobmff::tests::boxed;
    use crate::container::jxl::tests::{Writer, in_boxes};
    use crate::container::jxl::without_turns;
    use crate::error::ErrorCode;
    use crate::photo::damaged::{assert_opened_or_refused, damaged};
    use crate::photo::{Photo, Profile, open, output_format};
    use crate::report::{Format, NoteCode};
    use image::metadata::Orientation;

    const PLAIN: &[u8] = include_bytes!("../../tests/photos/jxl/plain.jxl");
    const DEEP: &[u8] = include_bytes!("../../tests/photos/jxl/deep.jxl");
    const GREY: &[u8] = include_bytes!("../../tests/photos/jxl/grey.jxl");
    const P3: &[u8] = include_bytes!("../../tests/photos/jxl/p3.jxl");
    const PQ_LEVELS: &[u8] = include_bytes!("../../tests/photos/jxl/pq.jxl");
    const TURNED: &[u8] = include_bytes!("../../tests/photos/jxl/turned.jxl");
    const TRANSCODED: &[u8] = include_bytes!("../../tests/photos/jxl/transcoded.jxl");
    const ANIMATED: &[u8] = include_bytes!("../../tests/photos/jxl/animated.jxl");
    const ALL: [&[u8]; 8] = [PLAIN, DEEP, GREY, P3, PQ_LEVELS, TURNED, TRANSCODED, ANIMATED];
    const WIDTH: u32 = 33;
    const HEIGHT: u32 = 21;

    /// What all files show.
    fn rgb() -> Vec<u8> {
        let pixel = |i: u32| [i % WIDTH * 7, i / WIDTH * 12, (i % WIDTH + i / WIDTH) * 4].map(|v| v as u8);
        (0..WIDTH * HEIGHT).flat_map(pixel).collect()
    }

    fn greens() -> Vec<u8> {
        rgb().into_iter().skip(1).step_by(3).collect()
    }

    fn opened(file: &[u8]) -> Photo {
        open(file, &Limits::default()).unwrap()
    }

    fn code(file: &[u8]) -> ErrorCode {
        open(file, &Limits::default()).unwrap_err().code()
    }

    fn notes(photo: &Photo) -> Vec<NoteCode> {
        photo.notes.iter().map(|note| note.code).collect()
    }

    fn mean_difference(one: &[u8], other: &[u8]) -> f64 {
        assert_eq!(one.len(), other.len());
        let sum: u64 = one.iter().zip(other).map(|(one, other)| u64::from(one.abs_diff(*other))).sum();
        sum as f64 / one.len() as f64
    }

    #[test]
    fn a_lossless_picture_is_opened_bit_for_bit_bare_and_in_boxes() {
        let part = |number: u32, bytes: &[u8]| boxed(b"jxlp", &[&number.to_be_bytes()[..], bytes].concat());
        let (first, rest) = PLAIN.split_at(20);
        let files = [
            PLAIN.to_vec(),
            in_boxes(&[boxed(b"jxlc", PLAIN)]),
            in_boxes(&[part(0, first), boxed(b"xml ", b"<a/>"), part(0x8000_0001, rest)]),
        ];
        for file in files {
            let photo = opened(&file);
            assert_eq!((photo.format, photo.frame.width, photo.frame.height), (Format::Jxl, WIDTH, HEIGHT));
            assert_eq!((photo.frame.rgb == rgb(), &photo.frame.alpha, photo.profile), (true, &None, None));
            assert_eq!((notes(&photo), output_format(&photo)), (vec![], Format::Png));
        }
    }

    #[test]
    fn sixteen_bits_are_rounded_and_said_and_transparency_is_kept_apart() {
        let photo = opened(DEEP);
        assert_eq!((photo.frame.rgb == rgb(), photo.frame.alpha), (true, Some(greens())));
        assert_eq!(photo.notes.iter().map(|note| note.code).collect::<Vec<_>>(), [NoteCode::ReducedTo8Bit]);
        assert!(crate::photo::has_deep_samples(DEEP, &Limits::default()));
    }

    #[test]
    fn a_lossy_grey_picture_stays_grey_and_its_gamma_is_converted() {
        let photo = opened(GREY);
        assert!(photo.frame.rgb.chunks_exact(3).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]));
        assert_eq!((notes(&photo), output_format(&photo)), (vec![NoteCode::ConvertedToSrgb], Format::Jpeg));
        let level = |value: &u8| {
            let light = (f64::from(*value) / 255.0).powf(1.0 / 0.45455);
            let encoded = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
            (255.0 * encoded).round() as u8
        };
        let expected: Vec<u8> = greens().iter().flat_map(|green| [level(green); 3]).collect();
        assert!(mean_difference(&photo.frame.rgb, &expected) < 2.0);
    }

    #[test]
    fn display_p3_stays_and_a_high_range_is_converted_from_all_bits() {
        let p3 = opened(P3);
        assert_eq!(p3.profile, Some(Profile::DisplayP3));
        assert!(mean_difference(&p3.frame.rgb, &rgb()) < 4.0, "{}", mean_difference(&p3.frame.rgb, &rgb()));
        let pq = opened(PQ_LEVELS);
        assert_eq!((notes(&pq), pq.profile), (vec![NoteCode::ConvertedToSrgb, NoteCode::ReducedTo8Bit], None));
        assert!(mean_difference(&pq.frame.rgb, &rgb()) > 20.0);
    }

    #[test]
    fn a_picture_is_turned_once_whichever_of_eight_ways_it_says() {
        let stored = opened(&without_turns(TURNED)).frame;
        assert!(mean_difference(&stored.rgb, &rgb()) < 4.0, "{}", mean_difference(&stored.rgb, &rgb()));
        assert_eq!((stored.width, stored.height), (WIDTH, HEIGHT));
        // Where it differs from the file as stored are the bits of the orientation.
        let plain = without_turns(TURNED);
        let at = (0..plain.len()).find(|&at| plain[at] != TURNED[at]).unwrap();
        let low = (plain[at] ^ TURNED[at]).trailing_zeros();
        for (number, orientation) in (1..=8).map(|n| (n, Orientation::from_exif(n).unwrap())) {
            let mut file = plain.clone();
            let bits = u16::from(number - 1) << low;
            file[at] |= bits as u8;
            file[at + 1] |= (bits >> 8) as u8;
            let photo = opened(&file);
            assert_eq!(photo.orientation, orientation);
            assert_eq!(photo.frame, stored.clone().turned(orientation).unwrap());
        }
    }

    #[test]
    fn of_an_animation_the_first_picture_is_opened() {
        let photo = opened(ANIMATED);
        assert_eq!((photo.frame.rgb == rgb(), notes(&photo)), (true, vec![NoteCode::FirstFrameOnly]));
    }

    #[test]
    fn a_transcoded_jpeg_is_lossy() {
        let photo = opened(TRANSCODED);
        assert!(mean_difference(&photo.frame.rgb, &rgb()) < 4.0);
        assert_eq!(output_format(&photo), Format::Jpeg);
    }

    #[test]
    fn what_follows_the_codestream_is_found() {
        assert_eq!(end(PLAIN), Some(PLAIN.len()));
        let trailed = [PLAIN, b"secret"].concat();
        assert_eq!(end(&trailed), Some(PLAIN.len()));
        let parts =
            |file: &[u8]| crate::leaks::scan(file, "a").parts.into_iter().map(|part| part.name).collect::<Vec<_>>();
        assert_eq!(parts(&trailed), ["codestream", "trailer"]);
        opened(&trailed);
        let hidden = in_boxes(&[boxed(b"jxlc", &trailed), boxed(b"Exif", b"\0\0\0\0")]);
        assert_eq!(parts(&hidden), ["JXL", "ftyp", "jxlc", "unknown", "Exif"]);
        let part = |number: u32, bytes: &[u8]| boxed(b"jxlp", &[&number.to_be_bytes()[..], bytes].concat());
        let second = in_boxes(&[part(0, PLAIN), part(0x8000_0001, GREY)]);
        assert_eq!(parts(&second), ["JXL", "ftyp", "jxlp", "unknown"]);
        assert_eq!(end(ANIMATED), Some(ANIMATED.len()));
        assert_eq!(end(&PLAIN[..PLAIN.len() - 3]), None);
    }

    #[test]
    fn limits_hold_before_memory_is_taken() {
        let refused = |file: &[u8], limits: Limits| open(file, &limits).unwrap_err();
        let few = Limits { max_pixels: 600, ..Limits::default() };
        assert!(matches!(refused(PLAIN, few), Error::Limits(LimitsError::TooManyPixels { .. })));
        let little = Limits { max_decode_memory: u64::from(9 * WIDTH * HEIGHT - 1), ..Limits::default() };
        assert_eq!(refused(PLAIN, little), LimitsError::Memory.into());
        // 65,535 x 65,535 pixels in nothing.
        let size = [(1, 0), (2, 2), (18, 65_534), (3, 1), (1, 1)];
        let huge = Writer::new().with(&size).codestream();
        assert!(matches!(refused(&huge, Limits::default()), Error::Limits(LimitsError::TooManyPixels { .. })));
    }

    #[test]
    fn decoding_ends_when_the_clock_says_so() {
        let looks = std::cell::Cell::new(0);
        let decoded = |file: &[u8], step: Duration| {
            looks.set(0);
            decode(file, &Limits::default(), &|| {
                looks.set(looks.get() + 1);
                step * looks.get()
            })
        };
        for file in [PLAIN, ANIMATED, TRANSCODED] {
            let taken = decoded(file, Duration::from_micros(1));
            assert!(taken.is_ok());
            // All that is done with one file shares one time.
            let step = LEAST_TIME / (looks.get() - 2);
            assert_eq!(decoded(file, step).unwrap_err(), corrupt(TOO_SLOW));
        }
    }

    #[test]
    fn more_samples_than_can_be_counted_are_refused() {
        let size = [(1, 0), (2, 3), (30, (1 << 30) - 1), (3, 1)];
        let depth = [(1, 0), (1, 0), (1, 0), (2, 0), (1, 1)];
        let channels = [vec![(2, 2), (4, 15)], vec![(1, 1); 17]].concat();
        let file = Writer::new().with(&size).with(&depth).with(&channels).with(&[(1, 1); 16]).codestream();
        assert_eq!(samples(&Header::read(&file).unwrap()), u64::MAX);
        assert_eq!((end(&file), code(&file)), (None, ErrorCode::TooManyPixels));
    }

    #[test]
    fn what_is_broken_is_refused() {
        for file in ALL {
            assert_eq!(code(&file[..file.len() / 2]), ErrorCode::Truncated, "{}", file.len());
        }
        assert_eq!(code(b"\xFF\x0A"), ErrorCode::Corrupt);
        assert_eq!(code(&in_boxes(&[])), ErrorCode::Corrupt);
    }

    fn bytes(bits: &[(u32, u32)]) -> Vec<u8> {
        Writer::new().with(bits).codestream().split_off(2)
    }

    /// The header of a picture of this size, in red, green and blue of 8 bits.
    fn header_of((width, height): (u32, u32), is_animated: bool) -> Vec<u8> {
        let size = [(1, 0), (2, 2), (18, height - 1), (3, 0), (2, 2), (18, width - 1), (1, 0)];
        let (animation, tones): (&[_], &[_]) = match is_animated {
            true => (&[(1, 1), (3, 0), (1, 0), (1, 0), (1, 1), (2, 0), (2, 0), (2, 0), (1, 0)], &[(1, 1)]),
            false => (&[(1, 0)], &[]),
        };
        let colours = [(1, 0), (2, 0), (1, 1), (2, 0), (1, 0), (1, 1)];
        Writer::new().with(&size).with(animation).with(&colours).with(tones).with(&[(2, 0), (1, 1)]).codestream()
    }

    /// What becomes of a frame, in bits: it is the last and shown; it is kept in a slot; of an animation, it is shown first, or kept.
    const LAST: &[(u32, u32)] = &[(1, 1)];
    const KEPT: [&[(u32, u32)]; 4] =
        [&[(1, 0), (2, 0), (1, 0)], &[(1, 0), (2, 1), (1, 0)], &[(1, 0), (2, 2), (1, 0)], &[(1, 0), (2, 3), (1, 0)]];
    const SHOWN_FIRST: &[(u32, u32)] = &[(2, 1), (1, 0), (2, 0)];
    const KEPT_LATER: &[(u32, u32)] = &[(2, 0), (1, 0), (2, 1), (1, 0)];

    /// A frame that is black, as large as a picture of this size or of a size of its own.
    fn black(size: (u32, u32), own: Option<(u32, u32)>, fate: &[(u32, u32)]) -> Vec<u8> {
        const GROUP: u32 = 1024;
        let (width, height) = own.unwrap_or(size);
        let crop = match own {
            Some(_) => {
                &[(1, 1), (2, 0), (8, 0), (2, 0), (8, 0), (2, 3), (30, width - 18_688), (2, 3), (30, height - 18_688)]
            }
            None => &[(1, 0)][..],
        };
        let kind = [(1, 0), (2, 0), (1, 1), (2, 0), (1, 0), (2, 0), (2, 3), (2, 0)];
        let rest = [(2, 0), (1, 0), (1, 0), (2, 0), (2, 0), (2, 0), (1, 0)];
        let header = bytes(&[&kind[..], crop, &[(2, 0)], fate, &rest].concat());
        // A tree of one leaf, and a code of one symbol.
        let tree = [(1, 1), (1, 1), (1, 0), (1, 1), (2, 0), (1, 1), (4, 15), (1, 0), (1, 0), (1, 1), (4, 15), (1, 0)];
        let group = [(1, 1), (1, 1), (2, 0)];
        let count = |part: u32| (width.div_ceil(part) * height.div_ceil(part)) as usize;
        let mut sections = vec![bytes(&[&tree[..], &group].concat())];
        if count(GROUP) > 1 {
            sections.extend(vec![Vec::new(); 1 + count(8 * GROUP)]);
            sections.extend(vec![bytes(&group); count(GROUP)]);
        }
        let lengths: Vec<_> = sections.iter().flat_map(|section| [(2, 0), (10, section.len() as u32)]).collect();
        [header, bytes(&lengths), sections.concat()].concat()
    }

    /// As many frames that are kept, in turns, and one that is shown.
    fn layered(kept: usize) -> Vec<u8> {
        let layers = KEPT.map(|fate| black(SIZE, None, fate));
        let layers = layers.iter().cycle().take(kept).flatten().copied().collect();
        [header_of(SIZE, false), layers, black(SIZE, None, LAST)].concat()
    }

    const SIZE: (u32, u32) = (2000, 1000);

    #[test]
    fn frames_that_are_kept_are_counted_before_they_take_memory() {
        let pixels = u64::from(SIZE.0 * SIZE.1);
        let opened = |kept, frames: u64| {
            let max_decode_memory = 3 * (3 + 4 * frames) * pixels;
            decode_here(&layered(kept), &Limits { max_decode_memory, ..Limits::default() })
        };
        assert_eq!(opened(0, 0).unwrap().samples, vec![0; 3 * pixels as usize]);
        assert!(opened(2, 2).is_ok());
        assert_eq!(opened(3, 2).unwrap_err(), LimitsError::Memory.into());
        // No more than four are held besides the next.
        assert!(opened(12, 5).is_ok());
    }

    #[test]
    fn a_frame_larger_than_the_picture_is_refused() {
        let file = |own| [header_of(SIZE, false), black(SIZE, own, LAST)].concat();
        assert!(decode_here(&file(None), &Limits::default()).is_ok());
        let refused = decode_here(&file(Some((20_000, 20_000))), &Limits::default());
        assert_eq!(refused.unwrap_err(), LimitsError::Memory.into());
    }

    #[test]
    fn many_frames_in_few_bytes_end_in_time() {
        let kept = black(SIZE, None, KEPT_LATER).repeat(5000);
        let later = [header_of(SIZE, true), black(SIZE, None, SHOWN_FIRST), kept].concat();
        for file in [layered(5000), later] {
            let start = std::time::Instant::now();
            assert_eq!(decode_here(&file, &Limits::default()).unwrap_err(), corrupt(TOO_SLOW));
            assert!(start.elapsed() < LEAST_TIME + Duration::from_secs(2), "{:?}", start.elapsed());
        }
    }

    /// A picture of a million pixels, and 200,000 empty patches on it: the crate takes many seconds, and looks at no clock.
    const PATCHES: &[u8] = b"\xFF\x0A\x3A\x1F\xE8\x7C\x80\x48\x0C\x4E\x00\x01\x04\x00\x0C\x00\xCB\xE7\x1B\x58\x60\x10\x00\x38\x00\x1A\x00\x08\xFF\x41\x48\x12\x43\xFE\x34\x5C\x3E\xDF\x00";

    #[test]
    fn what_looks_at_no_clock_ends_in_time() {
        let start = std::time::Instant::now();
        assert_eq!(decode_here(PATCHES, &Limits::default()).unwrap_err(), corrupt(TOO_SLOW));
        assert!(start.elapsed() < LEAST_TIME + Duration::from_secs(1), "{:?}", start.elapsed());
        assert_eq!(end(PATCHES), Some(PATCHES.len()));
    }

    #[test]
    fn a_file_of_very_many_boxes_is_refused() {
        let boxes = [vec![boxed(b"jxlc", PLAIN)], vec![boxed(b"free", b""); 1 << 16]].concat();
        assert_eq!(code(&in_boxes(&boxes)), ErrorCode::Corrupt);
        opened(&in_boxes(&boxes[..1000]));
    }

    proptest::proptest! {
        #[test]
        fn damaged_files_are_survived(
            which in 0..ALL.len(),
            places in proptest::collection::vec((proptest::num::usize::ANY, proptest::num::u8::ANY), 1..6),
            cut in proptest::option::weighted(0.1, proptest::num::usize::ANY),
        ) {
            let file = damaged(ALL[which].to_vec(), &places, cut);
            let start = std::time::Instant::now();
            assert_opened_or_refused(&file);
            end(&file);
            assert!(start.elapsed().as_secs() < 5);
        }
    }
}
