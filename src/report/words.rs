//! What leaks say in the program's own words: as data for the locale files, and in English.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::LeakKind;

/// A sentence about a leak, as data. The words of every language are in `www/locales`, under `words.` and the
/// code; the English ones are also here, for the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum LeakWords {
    Picture { bytes: u32 },
    Pixels { width: u32, height: u32 },
    FurtherFrames { count: u32 },
    FurtherPage,
    HiddenPicture,
    UneditedPicture,
    SmallCopy,
    Panorama { bytes: u32 },
    OtherEye { bytes: u32 },
    OtherAngle { bytes: u32 },
    Film { bytes: u32 },
    AnnouncesFilm,
    DepthMap,
    GainMap,
    Sound { bytes: u32 },
    Credentials { bytes: u32 },
    SignedBy { name: String },
    MadeWith { name: String },
    Data { bytes: u32 },
    MeaninglessData { bytes: u32, places: u32 },
    PressData { bytes: u32 },
    ProgramNotes { bytes: u32 },
    EditorSettings { count: u32 },
    EditorData { bytes: u32 },
    EditorLayers { bytes: u32 },
    ColourProfile,
    PackedText { name: String },
    PackedMetadata { name: String, bytes: u32 },
    NamedProfile { name: String, bytes: u32 },
    Damaged,
    TechnicalEntries { count: u32 },
    MapPosition,
    MakerNote { name: String, bytes: u32 },
    Altitude { metres: String },
    Accuracy { metres: String },
    NoPosition,
    MarkedFace,
    Zeros { bytes: u32 },
    HoldsThose { bytes: u32 },
    SamsungData { bytes: u32 },
    AppendedData { name: String, bytes: u32 },
    EarlierPicture { bytes: u32 },
    UnknownData { bytes: u32 },
    NamedByApp { name: String },
    NameHoldsDate { date: String },
    NameHoldsTime,
    NameHoldsAccount,
    NameHoldsPhone,
    NameOfScreenshot,
    OwnTables,
}

/// A number of bytes or things as it stands in [`LeakWords`].
pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl fmt::Display for LeakWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picture { bytes } => write!(f, "picture of {bytes} bytes"),
            Self::Pixels { width, height } => write!(f, "picture of {width} x {height} pixels"),
            Self::FurtherFrames { count } => write!(f, "further pictures of the animation: {count}"),
            Self::FurtherPage => f.write_str("a further page"),
            Self::HiddenPicture => f.write_str("a picture that browsers do not show"),
            Self::UneditedPicture => f.write_str("a further picture, perhaps the unedited one"),
            Self::SmallCopy => f.write_str("a small copy of the picture"),
            Self::Panorama { bytes } => write!(f, "part of a panorama, {bytes} bytes"),
            Self::OtherEye { bytes } => write!(f, "picture for the other eye, {bytes} bytes"),
            Self::OtherAngle { bytes } => write!(f, "picture from another angle, {bytes} bytes"),
            Self::Film { bytes } => write!(f, "film of {bytes} bytes"),
            Self::AnnouncesFilm => f.write_str("says that it holds a film"),
            Self::DepthMap => f.write_str("depth map: the scene's shape, people's outlines"),
            Self::GainMap => f.write_str("gain map: a copy of the picture in grey"),
            Self::Sound { bytes } => write!(f, "sound recording, {bytes} bytes"),
            Self::Credentials { bytes } => write!(f, "record of origin and edits, {bytes} bytes"),
            Self::SignedBy { name } => write!(f, "signed by {name}"),
            Self::MadeWith { name } => write!(f, "made with {name}"),
            Self::Data { bytes } => write!(f, "{bytes} bytes"),
            Self::MeaninglessData { bytes, places } => {
                write!(f, "bytes that mean nothing to the format: {bytes} (places: {places})")
            }
            Self::PressData { bytes } => write!(f, "press data, {bytes} bytes"),
            Self::ProgramNotes { bytes } => write!(f, "notes of programs, {bytes} bytes"),
            Self::EditorSettings { count } => write!(f, "settings of the image editor: {count}"),
            Self::EditorData { bytes } => write!(f, "data of the image editor, {bytes} bytes"),
            Self::EditorLayers { bytes } => write!(f, "layers of the document, {bytes} bytes"),
            Self::ColourProfile => f.write_str("colour profile"),
            Self::PackedText { name } => write!(f, "packed text: {name}"),
            Self::PackedMetadata { name, bytes } => {
                write!(
                    f,
                    "packed metadata ({name}), {bytes} bytes: may say where, when and with what the photo was taken"
                )
            }
            Self::NamedProfile { name, bytes } => write!(f, "profile {name}, {bytes} bytes"),
            Self::Damaged => f.write_str("damaged metadata, dropped"),
            Self::TechnicalEntries { count } => write!(f, "technical entries, such as exposure and lens: {count}"),
            Self::MapPosition => f.write_str("position on the map (GeoTIFF)"),
            Self::MakerNote { name, bytes } => {
                write!(f, "maker's note, {bytes} bytes, {name}: may hold serial numbers and faces")
            }
            Self::Altitude { metres } => write!(f, "altitude {metres} m"),
            Self::Accuracy { metres } => write!(f, "accurate to {metres} m"),
            Self::NoPosition => f.write_str("room for a position, but none in it"),
            Self::MarkedFace => f.write_str("marked face"),
            Self::Zeros { bytes } => write!(f, "{bytes} bytes, only zeros"),
            Self::HoldsThose { bytes } => write!(f, "{bytes} bytes, which hold the pictures or films listed here"),
            Self::SamsungData { bytes } => write!(f, "{bytes} bytes, data of a Samsung phone"),
            Self::AppendedData { name, bytes } => write!(f, "block of the kind {name}, {bytes} bytes"),
            Self::EarlierPicture { bytes } => {
                write!(f, "{bytes} bytes that end like a picture, perhaps the rest of an earlier, uncropped one")
            }
            Self::UnknownData { bytes } => write!(f, "{bytes} bytes of unknown purpose"),
            Self::NamedByApp { name } => write!(f, "named by {name}"),
            Self::NameHoldsDate { date } => write!(f, "says the date: {date}"),
            Self::NameHoldsTime => f.write_str("says the time to the millisecond"),
            Self::NameHoldsAccount => f.write_str("numbers that lead to the account or post it comes from"),
            Self::NameHoldsPhone => f.write_str("looks like a phone number"),
            Self::NameOfScreenshot => f.write_str("named as a picture of a screen"),
            Self::OwnTables => f.write_str("quantisation tables of its own: camera or program can be told"),
        }
    }
}

impl LeakKind {
    /// Why it matters, in English; other languages are in the locale files under `why.` and the kind.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Gps => "shows where it was taken, usually to within 5 m",
            Self::Thumbnail | Self::Preview | Self::SecondImage => "shows the picture without any cover",
            Self::MotionPhoto => "shows the moments around the photo, uncovered and with sound",
            Self::Depth => "shows outlines of people although they are covered",
            Self::Audio => "voices can be recognised",
            Self::Serial => "links every photo of the same camera or lens",
            Self::Owner => "names a person",
            Self::FaceRegion => "says where faces are, and whose",
            Self::Camera => "narrows down whose camera it was",
            Self::Id => "links copies and edits of the same photo",
            Self::Date => "says when it was taken or edited",
            Self::Software => "says what it was edited with",
            Self::Description | Self::Comment | Self::Text => "free text that may name people and places",
            Self::Xmp | Self::Iptc | Self::Photoshop | Self::Makernote => {
                "holds what programs wrote down about the photo"
            }
            Self::C2pa => "says which device or person made it, signed",
            Self::Icc => "may narrow down the device",
            Self::Trailer => "programs forget it when they clean a file",
            Self::Filename => "says when and with what it was taken or sent",
            Self::Coding => "narrows down which camera or program compressed it",
            Self::Other => "says little by itself",
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::Value;

    fn locale() -> Value {
        serde_json::from_str(&std::fs::read_to_string("www/locales/en.json").unwrap()).unwrap()
    }

    /// The locale's sentence with its placeholders filled from the words' fields.
    fn translated(words: &LeakWords, locale: &Value) -> String {
        let data = serde_json::to_value(words).unwrap();
        let fields = data.as_object().unwrap();
        let template = locale[format!("words.{}", fields["code"].as_str().unwrap())].as_str().unwrap().to_owned();
        fields.iter().fold(template, |text, (name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.replace(&format!("{{{name}}}"), &value)
        })
    }

    /// Every sentence of the locale file, with data of any value for its placeholders.
    fn all() -> Vec<LeakWords> {
        let data = |code: &str| {
            serde_json::json!({
                "code": code, "bytes": 7, "width": 8, "height": 9, "count": 5, "places": 6,
                "name": "N", "metres": "12", "date": "2024-01-31",
            })
        };
        let locale = locale();
        let codes = locale.as_object().unwrap().keys().filter_map(|key| key.strip_prefix("words."));
        codes.map(|code| serde_json::from_value(data(code)).unwrap()).collect()
    }

    #[test]
    fn the_command_line_and_the_english_page_say_the_same() {
        let locale = locale();
        assert!(all().len() > 30);
        for words in all() {
            assert_eq!(words.to_string(), translated(&words, &locale));
        }
    }

    #[test]
    fn reasons_are_those_of_the_english_page() {
        for (key, reason) in locale().as_object().unwrap() {
            if let Some(kind) = key.strip_prefix("why.") {
                let kind: LeakKind = serde_json::from_value(kind.into()).unwrap();
                assert_eq!(kind.reason(), reason.as_str().unwrap());
            }
        }
    }
}
