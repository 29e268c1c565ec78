//! What can be asked for.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tarnkappe::pipeline::{CopyRules, FaceChoice, LONG_SIDES, parse_colour};
use tarnkappe::protect::{Method, Sticker, Style};

/// Finds the faces in photos, covers them so that nothing of them is left, and proves it on the saved files.
///
/// Exit status: 0 nothing found, or all proved; 1 something found, or a proof failed; 2 wrong usage, or no picture in the folders;
/// 3 a file could not be processed, or a report not be written.
#[derive(Debug, Parser)]
#[command(version, about, long_about)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say what photos give away: faces, and what the files say besides their pixels.
    Check(Check),
    /// Write cleaned copies, each proved; a copy whose proof fails is not written.
    Protect(Protect),
    /// Is anything of the original left in the protected copy?
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(super) struct Common {
    /// One JSON object a file on standard output, in input order.
    #[arg(long)]
    pub(super) json: bool,
    /// Largest picture that is opened, in millions of pixels. A JPEG or HEIC of up to four times as many is opened in half its width and
    /// height; reports, regions and copies are in that size then, and a face outside the regions of a file fails the proof.
    #[arg(long, value_name = "MP", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=400))]
    pub(super) max_megapixels: u32,
    /// What runs the network.
    #[arg(long, value_enum, default_value_t = EngineArgument::Compact)]
    pub(super) engine: EngineArgument,
    /// Scan with this ONNX detector as well; its faces are added to those of the built-in ones.
    #[arg(long, value_name = "FILE.onnx", requires = "detector_spec")]
    pub(super) detector: Option<PathBuf>,
    /// What that detector wants and what it gives, as JSON: see docs/detectors.md.
    #[arg(long, value_name = "FILE.json", requires = "detector")]
    pub(super) detector_spec: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ScanArgs {
    /// Scan longer: three networks instead of one, smaller faces, turned heads.
    #[arg(long)]
    pub(super) thorough: bool,
    /// Lowest probability at which something counts as a face, 0 to 1.
    #[arg(long, value_name = "T", value_parser = parse_threshold)]
    pub(super) threshold: Option<f32>,
    /// Open the largest preview in a camera's raw file as the photo. It is a JPEG that the camera has made, not the developed photo.
    /// Without it raw files are not opened, only what they give away is said.
    #[arg(long)]
    pub(super) raw_preview: bool,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) scanning: ScanArgs,
    /// Files, and folders with every picture in them.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Protect {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) scanning: ScanArgs,
    /// How covers are drawn. Nothing of what is covered is left, whatever the method.
    #[arg(long, value_enum, default_value_t)]
    pub(super) method: Method,
    /// Colour of the method solid: six hexadecimal digits, red green blue. A dark slate without it.
    #[arg(long, value_name = "RRGGBB", value_parser = colour)]
    pub(super) colour: Option<[u8; 3]>,
    /// Emblem of the method sticker. A smile without it.
    #[arg(long, value_enum, value_name = "NAME")]
    pub(super) sticker: Option<Sticker>,
    /// Which found faces are covered.
    #[arg(long, value_enum, default_value_t = FacesArgument::All, conflicts_with = "regions")]
    pub(super) faces: FacesArgument,
    /// Cover the regions in this file instead of detecting faces: {"a.jpg": [[x, y, width, height],
    /// {"ellipse": [cx, cy, rx, ry, angle]}, {"polygon": [[x, y], …]}, {"brush": {"points": [[x, y], …], "radius": r}},
    /// {"mask": "a-mask.png"}, …]}, upright pixels, angles in radians. A mask is a picture of the photo's size; what is not black in it
    /// is covered. "a.jpg" is the path of a picture, or a file name that only one of the pictures has. An entry for none of
    /// the pictures is reported, and makes the exit status 2.
    #[arg(long, value_name = "FILE")]
    pub(super) regions: Option<PathBuf>,
    /// Compress JPEGs again from their pixels, with quantisation tables that many programs use, instead of keeping them without loss.
    /// Then camera or program cannot be told by the tables. The noise of the camera's sensor, which ties pictures to one camera, stays.
    #[arg(long)]
    pub(super) recompress: bool,
    /// Make copies smaller, so that the longer side has N pixels; smaller pictures stay as they are. Regions, in files and in reports, are
    /// those of the original in its own size.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(i64::from(*LONG_SIDES.start())..=i64::from(*LONG_SIDES.end())))]
    pub(super) long_side: Option<u32>,
    /// Folder for the copies; made if it is not there. What lies in it is not processed, unless it is named itself.
    #[arg(long, value_name = "DIR", default_value = "protected")]
    pub(super) out: PathBuf,
    /// Name copies like their originals, instead of by number.
    #[arg(long)]
    pub(super) keep_names: bool,
    /// Files, and folders with every picture in them.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    pub(super) common: Common,
    /// Scan longer: three networks instead of one, smaller faces, turned heads.
    #[arg(long)]
    pub(super) thorough: bool,
    /// The file as it was. Of a camera's raw file the largest preview in it is taken, as --raw-preview does.
    pub(super) original: PathBuf,
    /// The copy that is meant to be clean.
    pub(super) protected: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum EngineArgument {
    /// The project's own engine.
    Compact,
    /// tract, the reference.
    Tract,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum FacesArgument {
    /// Every face.
    All,
    /// Faces that are more likely than not to be matched.
    Likely,
    /// None; the file is only cleaned.
    None,
}

impl From<FacesArgument> for FaceChoice {
    fn from(argument: FacesArgument) -> Self {
        match argument {
            FacesArgument::All => Self::All,
            FacesArgument::Likely => Self::Likely,
            FacesArgument::None => Self::None,
        }
    }
}

impl Protect {
    pub(super) fn copy_rules(&self) -> CopyRules {
        CopyRules { recompress: self.recompress, long_side: self.long_side }
    }

    pub(super) fn style(&self) -> Style {
        let plain = Style::from(self.method);
        Style { colour: self.colour.unwrap_or(plain.colour), sticker: self.sticker.unwrap_or(plain.sticker), ..plain }
    }

    /// Options that change nothing, because they belong to another method.
    pub(super) fn unused(&self) -> impl Iterator<Item = &'static str> {
        let colour = self.colour.is_some() && self.method != Method::Solid;
        let sticker = self.sticker.is_some() && self.method != Method::Sticker;
        let options = [(colour, "--colour is for --method solid"), (sticker, "--sticker is for --method sticker")];
        options.into_iter().filter(|(is_unused, _)| *is_unused).map(|(_, words)| words)
    }
}

fn colour(text: &str) -> Result<[u8; 3], String> {
    parse_colour(text).ok_or_else(|| "not six hexadecimal digits".to_owned())
}

fn parse_threshold(text: &str) -> Result<f32, String> {
    let value: f32 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err("must lie between 0 and 1".to_owned()) }
}
