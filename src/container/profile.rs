//! The colour profiles that are written (ICC.1:2022): made here from published numbers, the same bytes in everybody's copies.
//!
//! Such a profile is an RGB matrix and a tone curve, with no tags but those that are required. The bytes are dedicated to the
//! public domain (CC0 1.0), as their copyright tag says.

/// A profile that is written for pictures whose numbers mean other colours than those of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Display P3: the primaries of SMPTE EG 432-1, white D65, the curve of sRGB. What most phones write.
    DisplayP3,
    /// The colours of Adobe RGB (1998), which cameras and raw converters write.
    AdobeRgb,
}

impl Profile {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::DisplayP3, Self::AdobeRgb];

    /// The profile.
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Self::DisplayP3 => &DISPLAY_P3,
            Self::AdobeRgb => &ADOBE_RGB,
        }
    }

    /// The content of the segment of a JPEG (ICC.1:2022, B.4): the identifier, "piece 1 of 1", the profile.
    pub(crate) fn jpeg_segment(self) -> Vec<u8> {
        [b"ICC_PROFILE\0\x01\x01", self.bytes()].concat()
    }

    /// The data of a PNG's chunk (ISO/IEC 15948, 11.3.2.3): a name, the method of compression, the packed profile. It is
    /// stored in one block (RFC 1950, RFC 1951), so that the bytes depend on no packer.
    pub(crate) fn png_data(self) -> Vec<u8> {
        let profile = self.bytes();
        let len = profile.len() as u16;
        let stored = [&[0x78, 0x01, 0x01][..], &len.to_le_bytes(), &(!len).to_le_bytes(), profile];
        let name: &[u8] = match self {
            Self::DisplayP3 => b"Display P3\0\0",
            Self::AdobeRgb => b"Adobe RGB compatible\0\0",
        };
        [name, &stored.concat(), &adler32(profile).to_be_bytes()].concat()
    }

    /// A grey is the same colour in sRGB.
    pub(crate) fn has_greys_of_srgb(self) -> bool {
        self == Self::DisplayP3
    }
}

/// The checksum of RFC 1950, section 8.2.
fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % MODULUS;
        (low, (high + low) % MODULUS)
    });
    high << 16 | low
}

/// X, Y and Z of red, green and blue, adapted to D50, in units of 1/65536: what follows from the primaries with the matrix of
/// Bradford (ICC.1:2022, annex E), rounded. `tests` computes them.
type Colorants = [[i32; 3]; 3];

/// Display P3, with the curve of IEC 61966-2-1 as function 3 of a parametric curve: 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92,
/// 0.04045. These are the very numbers that Apple's profile has.
const DISPLAY_P3: [u8; 492] = matrix_profile(
    "Display P3",
    [[33_759, 15_807, -69], [19_135, 45_367, 2745], [10_296, 4363, 51_385]],
    3,
    &[157_286, 62_119, 3417, 5072, 2651],
);

/// Adobe RGB (1998) Color Image Encoding, 4.3: a gamma of 2 + 51 / 256.
const ADOBE_RGB: [u8; 520] = matrix_profile(
    "Compatible with Adobe RGB (1998)",
    [[39_960, 20_389, 1276], [13_453, 41_004, 3989], [9777, 4143, 48_796]],
    0,
    &[144_128],
);

/// D50 as profiles have it (ICC.1:2022, 7.2.16).
const D50: [i32; 3] = [63_190, 65_536, 54_061];

/// From D65 (0.3127, 0.3290) to D50, by Bradford's matrix.
const D65_TO_D50: [i32; 9] = [68_674, 1502, -3291, 1939, 64_912, -1119, -606, 988, 49_262];

const COPYRIGHT: &str = "CC0";

const HEADER_LEN: usize = 128;
const TAGS: usize = 10;
/// Signature 4, offset 4, size 4.
const TAG_LEN: usize = 12;

/// A profile of a display, its colours by a matrix and one curve: a `function` of ICC.1:2022, table 68, with its parameters in
/// units of 1/65536.
const fn matrix_profile<const N: usize>(
    name: &str,
    colorants: Colorants,
    function: u32,
    parameters: &[i32],
) -> [u8; N] {
    let mut out = Writer { bytes: [0; N], at: 0, entry: HEADER_LEN + 4 };
    out.u32(N as u32);
    out.u32(0);
    // Version 4.3.
    out.u32(0x0430_0000);
    out.text("mntrRGB XYZ ");
    // The first of January 2026 at midnight, whenever a copy is made.
    out.u32(2026 << 16 | 1);
    out.u32(1 << 16);
    out.u32(0);
    out.text("acsp");
    // No platform, flags, maker, model and attributes; the intent is perceptual.
    out.at = 68;
    out.numbers(&D50);
    // No creator and no checksum.
    out.at = HEADER_LEN;
    out.u32(TAGS as u32);
    out.at += TAGS * TAG_LEN;
    let [red, green, blue] = colorants;
    out.text_tag("desc", name);
    out.text_tag("cprt", COPYRIGHT);
    out.numbers_tag("wtpt", "XYZ ", &D50);
    out.numbers_tag("chad", "sf32", &D65_TO_D50);
    out.numbers_tag("rXYZ", "XYZ ", &red);
    out.numbers_tag("gXYZ", "XYZ ", &green);
    out.numbers_tag("bXYZ", "XYZ ", &blue);
    let curve_at = out.at;
    out.text("para");
    out.u32(0);
    out.u32(function << 16);
    out.numbers(parameters);
    // The three channels share it.
    out.enter("rTRC", curve_at);
    out.enter("gTRC", curve_at);
    out.enter("bTRC", curve_at);
    assert!(out.at == N);
    out.bytes
}

/// Fills a profile.
struct Writer<const N: usize> {
    bytes: [u8; N],
    at: usize,
    /// Where the next entry of the table of tags stands.
    entry: usize,
}

impl<const N: usize> Writer<N> {
    const fn byte(&mut self, byte: u8) {
        self.bytes[self.at] = byte;
        self.at += 1;
    }

    const fn u32(&mut self, value: u32) {
        let bytes = value.to_be_bytes();
        let mut i = 0;
        while i < bytes.len() {
            self.byte(bytes[i]);
            i += 1;
        }
    }

    const fn text(&mut self, text: &str) {
        let mut i = 0;
        while i < text.len() {
            self.byte(text.as_bytes()[i]);
            i += 1;
        }
    }

    const fn numbers(&mut self, numbers: &[i32]) {
        let mut i = 0;
        while i < numbers.len() {
            self.u32(numbers[i].cast_unsigned());
            i += 1;
        }
    }

    /// An entry of the table for the data from `start` on.
    const fn enter(&mut self, signature: &str, start: usize) {
        let end = self.at;
        self.at = self.entry;
        self.text(signature);
        self.u32(start as u32);
        self.u32((end - start) as u32);
        self.entry = self.at;
        self.at = end;
    }

    /// ASCII as a text in one language (multiLocalizedUnicodeType): English, of the United States, in UTF-16.
    const fn text_tag(&mut self, signature: &str, text: &str) {
        /// Type 4, reserved 4, number 4, size of a record 4, and one record of that size.
        const TEXT_AT: u32 = 28;
        let start = self.at;
        self.text("mluc");
        self.u32(0);
        self.u32(1);
        self.u32(12);
        self.text("enUS");
        self.u32(2 * text.len() as u32);
        self.u32(TEXT_AT);
        let mut i = 0;
        while i < text.len() {
            self.byte(0);
            self.byte(text.as_bytes()[i]);
            i += 1;
        }
        self.enter(signature, start);
        // The next data starts on a whole word.
        self.at = self.at.next_multiple_of(4);
    }

    const fn numbers_tag(&mut self, signature: &str, kind: &str, numbers: &[i32]) {
        let start = self.at;
        self.text(kind);
        self.u32(0);
        self.numbers(numbers);
        self.enter(signature, start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Matrix = [[f64; 3]; 3];

    /// CIE x and y.
    const WHITE_D65: [f64; 2] = [0.3127, 0.3290];

    /// Of red, green and blue, from the documents that the profiles name.
    fn primaries(profile: Profile) -> [[f64; 2]; 3] {
        match profile {
            Profile::DisplayP3 => [[0.680, 0.320], [0.265, 0.690], [0.150, 0.060]],
            Profile::AdobeRgb => [[0.64, 0.33], [0.21, 0.71], [0.15, 0.06]],
        }
    }

    fn xyz([x, y]: [f64; 2]) -> [f64; 3] {
        [x / y, 1.0, (1.0 - x - y) / y]
    }

    fn product(a: &Matrix, b: &Matrix) -> Matrix {
        std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| a[i][k] * b[k][j]).sum()))
    }

    fn applied(a: &Matrix, v: [f64; 3]) -> [f64; 3] {
        a.map(|row| row.iter().zip(v).map(|(a, v)| a * v).sum())
    }

    /// By Cramer's rule.
    fn inverse(m: &Matrix) -> Matrix {
        let minor = |i: usize, j: usize| {
            let [r, s] = [(i + 1) % 3, (i + 2) % 3];
            let [c, d] = [(j + 1) % 3, (j + 2) % 3];
            m[r][c] * m[s][d] - m[r][d] * m[s][c]
        };
        let determinant: f64 = (0..3).map(|j| m[0][j] * minor(0, j)).sum();
        std::array::from_fn(|i| std::array::from_fn(|j| minor(j, i) / determinant))
    }

    fn diagonal(v: [f64; 3]) -> Matrix {
        std::array::from_fn(|i| std::array::from_fn(|j| if i == j { v[i] } else { 0.0 }))
    }

    fn adaptation() -> Matrix {
        let bradford = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]];
        let [to, from] = [D50.map(|v| f64::from(v) / 65_536.0), xyz(WHITE_D65)].map(|v| applied(&bradford, v));
        let scale = std::array::from_fn(|i| to[i] / from[i]);
        product(&inverse(&bradford), &product(&diagonal(scale), &bradford))
    }

    fn rounded(matrix: &Matrix) -> [i32; 9] {
        std::array::from_fn(|i| (matrix[i / 3][i % 3] * 65_536.0).round() as i32)
    }

    /// The numbers of a tag, each in units of 1/65536.
    fn numbers(profile: &[u8], signature: &[u8; 4], from: usize) -> Vec<i32> {
        let word = |at: usize| u32::from_be_bytes(*profile[at..].first_chunk().expect("a word"));
        let entry = (0..TAGS).map(|n| HEADER_LEN + 4 + n * TAG_LEN).find(|at| profile[*at..].starts_with(signature));
        let entry = entry.expect("the tag is there");
        let (start, len) = (word(entry + 4) as usize, word(entry + 8) as usize);
        (start + from..start + len).step_by(4).map(|at| word(at).cast_signed()).collect()
    }

    #[test]
    fn the_numbers_follow_from_what_is_published() {
        assert_eq!(D65_TO_D50, rounded(&adaptation()));
        for profile in Profile::ALL {
            let columns = primaries(profile).map(xyz);
            let xyz_of: Matrix = std::array::from_fn(|i| std::array::from_fn(|j| columns[j][i]));
            let white = applied(&inverse(&xyz_of), xyz(WHITE_D65));
            let adapted = rounded(&product(&adaptation(), &product(&xyz_of, &diagonal(white))));
            for (column, signature) in [b"rXYZ", b"gXYZ", b"bXYZ"].into_iter().enumerate() {
                let expected = [0, 1, 2].map(|row| adapted[3 * row + column]);
                assert_eq!(numbers(profile.bytes(), signature, 8), expected, "{profile:?} {column}");
            }
        }
        let p3 = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045].map(|v: f64| (v * 65_536.0).round() as i32);
        assert_eq!(numbers(Profile::DisplayP3.bytes(), b"gTRC", 12), p3);
        assert_eq!(numbers(Profile::AdobeRgb.bytes(), b"bTRC", 12), [(2 * 256 + 51) * 256]);
    }

    /// Copies of today and of tomorrow are to have the same bytes: they change only on purpose.
    #[test]
    fn the_bytes_stay() {
        let sums = Profile::ALL.map(|profile| (profile.bytes().len(), crc32fast::hash(profile.bytes())));
        assert_eq!(sums, [(492, 3_177_019_273), (520, 1_829_984_601)]);
    }

    #[test]
    fn a_png_has_the_profile_as_it_is() {
        for profile in Profile::ALL {
            let data = profile.png_data();
            let name = data.iter().position(|byte| *byte == 0).expect("the name ends");
            let unpacked = miniz_oxide::inflate::decompress_to_vec_zlib(&data[name + 2..]);
            assert!(unpacked.is_ok_and(|unpacked| unpacked == profile.bytes()), "{profile:?}");
        }
    }
}
