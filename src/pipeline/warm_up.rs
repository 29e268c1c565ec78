//! Running everything once before it is needed.

use super::Pipeline;
use super::settings::{Choice, Settings};
use crate::error::Result;
use crate::photo::{self, Frame};
use crate::protect::Method;
use crate::prove::Elsewhere;
use crate::report::RegionRequest;

/// Width and height of the picture of [`Pipeline::warm_up`] in pixels: it takes about a tenth of a second at first.
const WARM_UP_SIZE: (u32, u32) = (320, 240);

impl Pipeline {
    /// Walks the whole path with a small made-up picture, another one for each `seed`. A just-in-time compiler makes code
    /// quick only after it has run for a while; so it need not do that while a person waits.
    ///
    /// # Errors
    /// As [`Self::protect`].
    pub fn warm_up(&mut self, seed: u32) -> Result<()> {
        let (width, height) = WARM_UP_SIZE;
        let noise = |index: u32| ((index ^ seed).wrapping_mul(0x9e37_79b9) >> 24) as u8;
        let frame = Frame { width, height, rgb: (0..3 * width * height).map(noise).collect(), alpha: None };
        let (file, ..) = photo::preview(&frame, None, width)?;
        let bbox = [width as f32 / 3.0, height as f32 / 3.0, width as f32 / 6.0, height as f32 / 4.0];
        let choice = Choice::Given { regions: vec![RegionRequest::face(bbox)], elsewhere: Elsewhere::LeftOpen };
        let settings = Settings::default();
        self.check(&file[..], "", &settings, &mut |_, _| ())?;
        self.protect(&file[..], "", Method::Soft, &choice, &settings, &mut |_, _| ())?;
        Ok(())
    }
}
