//! Putting other faces under the cover: the same photo with ten different faces, which one was it? Here everything but the
//! face is equal, so nothing but the face can give the answer.

use crate::geometry::PixelRect;
use crate::photo::Frame;
use crate::recognition::alignment::{SIDE, Similarity, TEMPLATE, bilinear};

/// The oval of an aligned face: its centre and half its width and height in pixels of the aligned face, from the brows to
/// the chin of the template.
const OVAL: [f32; 4] = [56.0, 66.0, 38.0, 48.0];

/// The picture with another face in place of the one with these landmarks, as far as it lies in `within`. `donor` is an
/// aligned face (see [`crate::recognition::alignment::align`]); it takes over the mean and the spread of the other's colours,
/// so that these alone do not tell them apart. Without usable landmarks the picture stays as it is.
pub fn transplant(picture: &Frame, landmarks: &[[f32; 2]; 5], within: PixelRect, donor: &[u8]) -> Frame {
    let mut changed = picture.clone();
    let centred = landmarks.map(|[x, y]| [x - 0.5, y - 0.5]);
    let Some(to_template) = Similarity::between(&centred, &TEMPLATE) else { return changed };
    let donor = Frame { width: SIDE as u32, height: SIDE as u32, rgb: donor.to_vec(), alpha: None };
    let within = within.intersection(PixelRect::full(picture.width, picture.height));
    let mut places = Vec::new();
    for y in within.y0..within.y1 {
        for x in within.x0..within.x1 {
            let place = to_template.apply([x as f32, y as f32]);
            if is_in_oval(place) {
                places.push((3 * (y as usize * picture.width as usize + x as usize), bilinear(&donor, place)));
            }
        }
    }
    let own = places.iter().map(|(at, _)| [0, 1, 2].map(|channel| f32::from(picture.rgb[at + channel])));
    let (own, theirs) = (Tone::of(own), Tone::of(places.iter().map(|(_, colour)| *colour)));
    for (at, colour) in &places {
        let pixel = changed.rgb[*at..at + 3].iter_mut().enumerate();
        pixel.for_each(|(channel, out)| *out = own.value(channel, theirs.share(channel, colour[channel])));
    }
    changed
}

fn is_in_oval([x, y]: [f32; 2]) -> bool {
    let [centre_x, centre_y, half_width, half_height] = OVAL;
    ((x - centre_x) / half_width).powi(2) + ((y - centre_y) / half_height).powi(2) <= 1.0
}

/// Mean and standard deviation of each channel.
struct Tone {
    mean: [f32; 3],
    spread: [f32; 3],
}

impl Tone {
    fn of(colours: impl Iterator<Item = [f32; 3]> + Clone) -> Self {
        let count = colours.clone().count().max(1) as f32;
        let mean_of = |power: i32, centre: [f32; 3]| {
            let sum =
                colours.clone().fold([0.0f32; 3], |sum, c| [0, 1, 2].map(|i| sum[i] + (c[i] - centre[i]).powi(power)));
            sum.map(|sum| sum / count)
        };
        let mean = mean_of(1, [0.0; 3]);
        Self { mean, spread: mean_of(2, mean).map(f32::sqrt) }
    }

    /// How far a value lies from the mean, in standard deviations.
    fn share(&self, channel: usize, value: f32) -> f32 {
        (value - self.mean[channel]) / self.spread[channel].max(1.0)
    }

    /// The value that lies so many standard deviations from the mean.
    fn value(&self, channel: usize, share: f32) -> u8 {
        (self.mean[channel] + share * self.spread[channel]).round() as u8
    }
}
