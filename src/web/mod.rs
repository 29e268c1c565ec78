//! The only code that knows of a browser: converts arguments and results, and calls the pipeline.
//!
//! Lives in a worker. After a panic the instance is dead and its worker must be replaced.

use js_sys::{Float32Array, Function, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::WorkerGlobalScope;

mod read;
#[cfg(feature = "workshop")]
mod workshop;

use crate::detect::{CachedTile, Detector, Family, Part};
use crate::error::{Error, InputError, LimitsError, ModelError, Result};
use crate::photo::{self, Decoded, Frame, Limits, PixelFormat, PlatformPixels, Profile, Source};
use crate::pipeline::{self, CheckOptions, Job, LeakedPicture, Pipeline, ProtectOptions, Protected, Purpose, Step};
use crate::recognition::recogniser::{Embedding, Recogniser};
use crate::report::{FileReport, Format, RegionRequest, SCHEMA, Stage};

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// One worker's pipeline.
#[wasm_bindgen]
pub struct Engine {
    pipeline: Pipeline,
    recogniser: Option<Recogniser>,
    /// What [`Engine::cover`] began.
    job: Option<Job>,
}

/// The recogniser's name in `models/manifest.toml`.
const RECOGNISER: &str = "sface";

/// Options as JavaScript gives them; none are the defaults.
fn options<T: DeserializeOwned + Default>(options: JsValue) -> Result<T> {
    if options.is_undefined() || options.is_null() {
        return Ok(T::default());
    }
    refuse_schema_1(&field(&options, "regions"))?;
    read::read(options).map_err(|wrong| {
        let is_region = wrong.path.starts_with("regions[");
        if is_region { InputError::BadRegion(wrong.to_string()) } else { InputError::BadOption(wrong.to_string()) }
            .into()
    })
}

fn regions(regions: JsValue) -> Result<Vec<RegionRequest>> {
    refuse_schema_1(&regions)?;
    read::read(regions).map_err(|wrong| InputError::BadRegion(wrong.to_string()).into())
}

/// Recognises reports of schema 1 and their regions by fields that have another name or type since.
fn refuse_schema_1(regions: &JsValue) -> Result<()> {
    if let Some(schema) = field(regions, "schema").as_f64().filter(|schema| *schema != f64::from(SCHEMA)) {
        return Err(InputError::Schema(schema as u32).into());
    }
    let is_old = |region: JsValue| {
        let cover = field(&region, "cover");
        let has = |name| !field(&region, name).is_undefined();
        cover.as_bool().is_some() || cover.is_array() || has("grow") || has("area")
    };
    let is_list_of_old = regions.dyn_ref::<js_sys::Array>().is_some_and(|regions| regions.iter().any(is_old));
    if is_list_of_old { Err(InputError::Schema(1).into()) } else { Ok(()) }
}

/// A field of what may be an object.
fn field(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// The worker's monotonic clock.
fn milliseconds() -> f64 {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    scope.performance().map_or(0.0, |performance| performance.now())
}

/// A picture that the browser has decoded from what [`Engine::for_platform`] gives, or a module of its own from the file.
/// Its samples stay with JavaScript: two copies in WebAssembly would be a sixth of what a photo takes there.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Pixels {
    width: u32,
    height: u32,
    samples: Uint8Array,
    format: PixelFormat,
    code_points: Option<[u16; 2]>,
    profile: Option<Vec<u8>>,
}

impl Decoded for Pixels {
    fn pixels(&self) -> Result<PlatformPixels> {
        let len = self.samples.length() as usize;
        let mut samples = Vec::new();
        samples.try_reserve_exact(len).map_err(|_| LimitsError::Memory)?;
        samples.resize(len, 0);
        self.samples.copy_to(&mut samples);
        let Self { width, height, format, code_points, .. } = *self;
        let profile = self.profile.clone();
        Ok(PlatformPixels { width, height, samples, format, code_points, profile, is_reduced: false })
    }
}

/// A file, and its pixels if they do not come from its bytes.
fn source<'a>(bytes: &'a [u8], pixels: &'a Option<Pixels>) -> Source<'a> {
    Source { bytes, pixels: pixels.as_ref().map(|pixels| pixels as &dyn Decoded) }
}

#[wasm_bindgen]
impl Pixels {
    /// `samples`: row by row, in a `format` of WebCodecs, or RGB, RGB16 or RGBA16. `code_points`: primaries and transfer function of
    /// those that are as coded. `profile`: theirs, where the file has it in coded form only.
    ///
    /// # Errors
    /// An `Error` with `code` for any other format.
    #[wasm_bindgen(constructor)]
    pub fn new(
        width: u32,
        height: u32,
        samples: Uint8Array,
        format: &str,
        code_points: Option<Vec<u16>>,
        profile: Option<Vec<u8>>,
    ) -> Result<Pixels, JsValue> {
        let format = PixelFormat::named(format)
            .ok_or_else(|| to_js_error(Error::Internal(format!("pixels in the format {format}"))))?;
        let code_points = code_points.and_then(|points| points.try_into().ok());
        Ok(Self { width, height, samples, format, code_points, profile })
    }
}

#[wasm_bindgen]
impl Engine {
    /// Loads the face detector from the bytes of its file. `secret`: 16 random bytes, the same for all engines that import each
    /// other's tiles.
    ///
    /// # Errors
    /// An `Error` with `code` if the bytes are not the expected ones.
    #[wasm_bindgen(constructor)]
    pub fn new(model: &[u8], secret: &[u8]) -> Result<Engine, JsValue> {
        let mut detector = Detector::from_yunet(model).map_err(to_js_error)?;
        let secret = secret.try_into().map_err(|_| to_js_error(Error::Internal("the secret has 16 bytes".into())))?;
        detector.set_secret(secret);
        let mut pipeline = Pipeline::new(detector);
        pipeline.set_clock(milliseconds);
        Ok(Self { pipeline, recogniser: None, job: None })
    }

    /// Loads one more network from the bytes of its packed file; `family` is its name in `models/manifest.toml`.
    ///
    /// # Errors
    /// An `Error` with `code` if there is no such network or the bytes are not the expected ones.
    pub fn load(&mut self, family: &str, packed: &[u8]) -> Result<(), JsValue> {
        if family == RECOGNISER {
            self.recogniser = Some(Recogniser::load(packed).map_err(to_js_error)?);
            return Ok(());
        }
        let known = Family::ALL.into_iter().find(|known| known.name() == family);
        let family = known.ok_or_else(|| to_js_error(ModelError::Missing.into()))?;
        self.pipeline.load(family, packed).map_err(to_js_error)
    }

    /// Adds a custom detector: the bytes of its ONNX file, and its description, a
    /// [`DetectorSpec`](crate::detect::DetectorSpec) as JSON.
    ///
    /// # Errors
    /// An `Error` with `code` if they do not fit, and in a module that was built without tract.
    #[wasm_bindgen(js_name = loadCustomDetector)]
    pub fn load_custom(&mut self, onnx: &[u8], spec: &str) -> Result<(), JsValue> {
        set_custom(&mut self.pipeline, onnx, spec).map_err(to_js_error)
    }

    /// The file to give to the browser's decoder, and its format: `{file, format}`; `undefined` if it is of a format that is decoded here,
    /// or not to be decoded.
    ///
    /// # Errors
    /// An `Error` with `code` if there is no memory for it.
    #[wasm_bindgen(js_name = forPlatform)]
    pub fn for_platform(bytes: &[u8]) -> Result<JsValue, JsValue> {
        // What is wrong with the file is reported when it is checked.
        let file = photo::for_platform(bytes, &Limits::default()).ok().flatten();
        let (Some(file), Ok(format)) = (file, photo::sniff(bytes)) else { return Ok(JsValue::UNDEFINED) };
        Ok(object(&[("file", Uint8Array::from(&file[..]).into()), ("format", to_js(&format)?)])?.into())
    }

    /// Opens a file and reports what it gives away: `{report, preview, pictures, further}`; `pictures` are those that the file
    /// holds besides its own, each with the place of its `leak` in the report. `further` are those that the engine does not decode,
    /// `{leak, file}`, each as a file of its own; `undefined` in a build without the rare formats.
    ///
    /// # Errors
    /// An `Error` with `code`, and with the `report` of what the file gives away although it cannot be opened.
    pub fn check(
        &mut self,
        bytes: &[u8],
        name: &str,
        options: JsValue,
        on_progress: &Function,
        pixels: Option<Pixels>,
    ) -> Result<JsValue, JsValue> {
        let options: CheckOptions = self::options(options).map_err(to_js_error)?;
        let settings = options.settings().map_err(to_js_error)?;
        let preview_side = options.preview_side;
        let file = source(bytes, &pixels);
        let checked = self.pipeline.check(file, name, &settings, &mut reporter(on_progress));
        let checked =
            checked.map_err(|error| unopened(self.pipeline.report_unopened(bytes, name, &error, &settings), error))?;
        let preview = preview(Some(&checked.frame), checked.profile, preview_side)?;
        let pictures = if preview_side.is_some() { checked.pictures.as_slice() } else { &[] };
        let pictures: js_sys::Array = pictures.iter().map(leaked_picture).collect::<Result<_, _>>()?;
        let result =
            object(&[("report", to_js(&checked.report)?), ("preview", preview), ("pictures", pictures.into())])?;
        #[cfg(feature = "rare-formats")]
        {
            let further = pipeline::further_for_platform(bytes, &checked.report.leaks)
                .map(further)
                .collect::<Result<js_sys::Array, _>>()?;
            js_sys::Reflect::set(&result, &"further".into(), &further)?;
        }
        Ok(result.into())
    }

    /// How identifiable each of the `regions`, which are those of an earlier report of the same file, is for the recogniser.
    ///
    /// # Errors
    /// An `Error` with `code`, also if the recogniser has not been loaded.
    pub fn recognise(
        &mut self,
        bytes: &[u8],
        regions: JsValue,
        on_progress: &Function,
        pixels: Option<Pixels>,
    ) -> Result<JsValue, JsValue> {
        let regions = self::regions(regions).map_err(to_js_error)?;
        let recogniser = self.recogniser.as_mut().ok_or_else(|| to_js_error(ModelError::Missing.into()))?;
        let file = source(bytes, &pixels);
        let rated = self
            .pipeline
            .recognise(recogniser, file, &regions, &Limits::default(), &mut reporter(on_progress))
            .map_err(to_js_error)?;
        to_js(&rated)
    }

    /// The embedding of each of the `regions`, as for [`Engine::recognise`]: a `Float32Array`, or null for one without
    /// landmarks. They are biometric data, to be compared at once and dropped.
    ///
    /// # Errors
    /// An `Error` with `code`, also if the recogniser has not been loaded.
    pub fn embed(
        &mut self,
        bytes: &[u8],
        regions: JsValue,
        on_progress: &Function,
        pixels: Option<Pixels>,
    ) -> Result<js_sys::Array, JsValue> {
        let regions = self::regions(regions).map_err(to_js_error)?;
        let recogniser = self.recogniser.as_mut().ok_or_else(|| to_js_error(ModelError::Missing.into()))?;
        let file = source(bytes, &pixels);
        let embeddings = self
            .pipeline
            .embed(recogniser, file, &regions, &Limits::default(), &mut reporter(on_progress))
            .map_err(to_js_error)?;
        let to_js = |embedding: Embedding| Float32Array::from(&embedding.direction[..]).into();
        Ok(embeddings.into_iter().map(|embedding| embedding.map_or(JsValue::NULL, to_js)).collect())
    }

    /// Makes the browser compile the code that is run often; see [`Pipeline::warm_up`].
    ///
    /// # Errors
    /// An `Error` with `code`.
    #[wasm_bindgen(js_name = warmUp)]
    pub fn warm_up(&mut self, seed: u32) -> Result<(), JsValue> {
        self.pipeline.warm_up(seed).map_err(to_js_error)
    }

    /// Scans the part `{index, of}` of a file for [`Engine::check`] (`purpose` "check"), or of an exported one for
    /// [`Engine::prove`] ("proof"). Another engine with the same networks can import the result with [`Engine::import_tiles`].
    /// The first part is for the engine that goes on with the file.
    ///
    /// # Errors
    /// An `Error` with `code`.
    #[wasm_bindgen(js_name = scanPart)]
    pub fn scan_part(
        &mut self,
        bytes: &[u8],
        purpose: JsValue,
        part: JsValue,
        options: JsValue,
        on_progress: &Function,
        pixels: Option<Pixels>,
    ) -> Result<JsValue, JsValue> {
        let (purpose, part): (Purpose, Part) = (from_js(purpose)?, from_js(part)?);
        let options: Result<CheckOptions> = self::options(options);
        let settings = options.and_then(|options| options.settings()).map_err(to_js_error)?;
        let file = source(bytes, &pixels);
        let tiles =
            self.pipeline.scan_part(file, purpose, part, &settings, &mut reporter(on_progress)).map_err(to_js_error)?;
        to_js(&tiles)
    }

    /// Imports the tiles that [`Engine::scan_part`] of another engine returned.
    ///
    /// # Errors
    /// An `Error` with `code` if it is something else.
    #[wasm_bindgen(js_name = importTiles)]
    pub fn import_tiles(&mut self, tiles: JsValue) -> Result<(), JsValue> {
        let tiles: Vec<CachedTile> = from_js(tiles)?;
        self.pipeline.import_tiles(tiles);
        Ok(())
    }

    /// Covers and saves a file, and returns the bytes that [`Engine::prove`] is to prove. Nobody else may be given them.
    ///
    /// # Errors
    /// An `Error` with `code`.
    pub fn cover(
        &mut self,
        bytes: &[u8],
        name: &str,
        options: JsValue,
        on_progress: &Function,
        pixels: Option<Pixels>,
    ) -> Result<Uint8Array, JsValue> {
        let file = source(bytes, &pixels);
        let asked = || {
            let options: ProtectOptions = self::options(options)?;
            Ok((options.style()?, options.settings()?, options.into_choice()))
        };
        let (style, settings, choice) = asked().map_err(to_js_error)?;
        let job = self
            .pipeline
            .cover(file, name, style, &choice, &settings, &mut reporter(on_progress))
            .map_err(to_js_error)?;
        Ok(self.exported(job))
    }

    /// What covers will look like: `picture` is a small picture of an upright photo of `width` x `height` pixels, as [`Engine::check`]
    /// gives it, and `options` as for [`Engine::cover`]. Returns its pixels `{samples, width, height}` with the covers of all given
    /// regions, red green blue alpha.
    ///
    /// # Errors
    /// An `Error` with `code`.
    #[wasm_bindgen(js_name = previewCovers)]
    pub fn preview_covers(picture: &[u8], width: u32, height: u32, options: JsValue) -> Result<JsValue, JsValue> {
        let drawn = || {
            let options: ProtectOptions = self::options(options)?;
            let style = options.style()?;
            pipeline::preview_covers(picture, (width, height), &options.regions.unwrap_or_default(), style)
        };
        let frame = drawn().map_err(to_js_error)?;
        Ok(drawing(&frame)?.into())
    }

    /// Proves what [`Engine::cover`] exported of the file. Returns the bytes of another copy that is to be proved as well,
    /// or the end: `{report, bytes, mediaType, extension, preview}`; `bytes` and `preview` are `undefined` unless every
    /// check of the proof passed.
    ///
    /// # Errors
    /// An `Error` with `code`.
    pub fn prove(
        &mut self,
        bytes: &[u8],
        preview_side: Option<u32>,
        on_progress: &Function,
        pixels: Option<Pixels>,
    ) -> Result<JsValue, JsValue> {
        let nothing = || to_js_error(Error::Internal("nothing was covered that could be proved".into()));
        let job = self.job.take().ok_or_else(nothing)?;
        let file = source(bytes, &pixels);
        match self.pipeline.prove(file, job, &mut reporter(on_progress)).map_err(to_js_error)? {
            Step::Again(job) => Ok(self.exported(*job).into()),
            Step::Done(protected) => Ok(done(*protected, preview_side)?.into()),
        }
    }

    fn exported(&mut self, job: Job) -> Uint8Array {
        let bytes = Uint8Array::from(job.exported());
        self.job = Some(job);
        bytes
    }
}

fn done(protected: Protected, preview_side: Option<u32>) -> Result<js_sys::Object, JsValue> {
    let format = protected.saved.as_ref().map_or(Format::Jpeg, |saved| saved.format);
    let profile = protected.saved.as_ref().and_then(|saved| saved.profile);
    let (media_type, extension) = names(format);
    let bytes = protected.saved.map_or(JsValue::UNDEFINED, |saved| Uint8Array::from(&saved.bytes[..]).into());
    object(&[
        ("report", to_js(&protected.report)?),
        ("bytes", bytes),
        ("mediaType", media_type.into()),
        ("extension", extension.into()),
        ("preview", preview(protected.frame.as_ref(), profile, preview_side)?),
    ])
}

/// The description is read by a library that, unlike serde-wasm-bindgen, does not pass over keys that it does not know.
#[cfg(feature = "tract")]
fn set_custom(pipeline: &mut Pipeline, onnx: &[u8], spec: &str) -> Result<()> {
    let spec = serde_json::from_str(spec).map_err(|error| ModelError::Spec(error.to_string()))?;
    pipeline.load_custom_onnx(onnx, spec)
}

#[cfg(not(feature = "tract"))]
fn set_custom(_: &mut Pipeline, _: &[u8], _: &str) -> Result<()> {
    Err(ModelError::NoImporter.into())
}

/// Progress for JavaScript: `(stage: string, fraction: number)`. What the callback throws is of no concern here.
fn reporter(on_progress: &Function) -> impl FnMut(Stage, f32) {
    move |stage, share| {
        let _ = on_progress.call2(&JsValue::NULL, &stage.to_string().into(), &share.into());
    }
}

fn preview(frame: Option<&Frame>, profile: Option<Profile>, side: Option<u32>) -> Result<JsValue, JsValue> {
    let (Some(frame), Some(side)) = (frame, side) else { return Ok(JsValue::UNDEFINED) };
    let (bytes, width, height) = photo::preview(frame, profile, side).map_err(to_js_error)?;
    Ok(picture(&bytes, width, height)?.into())
}

fn leaked_picture(leaked: &LeakedPicture) -> Result<js_sys::Object, JsValue> {
    let object = picture(&leaked.file, leaked.width, leaked.height)?;
    js_sys::Reflect::set(&object, &"leak".into(), &(leaked.leak as u32).into())?;
    Ok(object)
}

/// A picture in a file that the engine does not decode.
#[cfg(feature = "rare-formats")]
fn further((leak, file): (usize, Vec<u8>)) -> Result<js_sys::Object, JsValue> {
    object(&[("leak", (leak as u32).into()), ("file", Uint8Array::from(&file[..]).into())])
}

/// A file to show: `{bytes, mediaType, width, height}`.
fn picture(bytes: &[u8], width: u32, height: u32) -> Result<js_sys::Object, JsValue> {
    let (media_type, _) = names(photo::sniff(bytes).map_err(to_js_error)?);
    object(&[
        ("bytes", Uint8Array::from(bytes).into()),
        ("mediaType", media_type.into()),
        ("width", width.into()),
        ("height", height.into()),
    ])
}

/// Media type and extension of what is written.
fn names(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::Jpeg => ("image/jpeg", "jpg"),
        Format::Webp => ("image/webp", "webp"),
        _ => ("image/png", "png"),
    }
}

/// Pixels to show: `{samples, width, height}`, red green blue alpha.
fn drawing(frame: &Frame) -> Result<js_sys::Object, JsValue> {
    let samples: Vec<u8> = frame.rgb.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
    object(&[
        ("samples", js_sys::Uint8ClampedArray::from(&samples[..]).into()),
        ("width", frame.width.into()),
        ("height", frame.height.into()),
    ])
}

fn object(entries: &[(&str, JsValue)]) -> Result<js_sys::Object, JsValue> {
    let object = js_sys::Object::new();
    for (key, value) in entries {
        js_sys::Reflect::set(&object, &JsValue::from_str(key), value)?;
    }
    Ok(object)
}

fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(|e| to_js_error(Error::Internal(e.to_string())))
}

fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|e| to_js_error(Error::Internal(e.to_string())))
}

/// [`to_js_error`] with a report.
fn unopened(unopened: FileReport, error: Error) -> JsValue {
    let js = to_js_error(error);
    if let Ok(report) = to_js(&unopened) {
        // Setting a property of a new object cannot fail.
        let _ = js_sys::Reflect::set(&js, &"report".into(), &report);
    }
    js
}

/// A JavaScript `Error` with the stable `code` beside its message.
fn to_js_error(error: Error) -> JsValue {
    let js = js_sys::Error::new(&error.to_string());
    // Setting a property of a new object cannot fail.
    let _ = js_sys::Reflect::set(&js, &"code".into(), &error.code().to_string().into());
    js.into()
}
