//! Quantisation tables: the standard ones, which most encoders have, and those by which a camera or program can be told.
//!
//! Most programs scale the two examples of the standard by a quality, as the Independent JPEG Group's libjpeg does. Cameras and
//! some programs have tables of their own. All tables here are in zigzag order.

use super::block::ZIGZAG;

/// Tables of the Independent JPEG Group's encoder for one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standard {
    /// 1 to 100.
    quality: u8,
    /// Rows are columns, as after a quarter turn without loss.
    is_transposed: bool,
}

/// A table and the places in it that count, one bit each.
pub(super) type Used<'a> = (&'a [u16; 64], u64);

/// Every place counts.
pub(super) const ALL_PLACES: u64 = u64::MAX;

impl Standard {
    /// The finest tables that agree with a picture's in the places that count; `None` if there are none.
    pub(super) fn matching(tables: &[Used<'_>]) -> Option<Self> {
        let all =
            (1..=100).rev().flat_map(|quality| [false, true].map(|is_transposed| Self { quality, is_transposed }));
        all.into_iter().find(|standard| standard.agrees(tables))
    }

    fn agrees(self, tables: &[Used<'_>]) -> bool {
        tables.iter().all(|&(table, used)| {
            let standard = self.table(is_luma(table, tables));
            // Steps of more than a byte are those that a baseline file limits.
            (0..64).all(|place| used >> place & 1 == 0 || standard[place] == table[place].min(255))
        })
    }

    /// The steps of luma or of chroma.
    pub(super) fn table(self, is_luma: bool) -> [u16; 64] {
        let base = if is_luma { &LUMA } else { &CHROMA };
        ZIGZAG.map(|position| {
            let transposed = position % 8 * 8 + position / 8;
            scaled(base[if self.is_transposed { transposed } else { position }], self.quality)
        })
    }
}

/// Components that share the first one's table are quantised like luma: so are red, green and blue.
pub(super) fn is_luma(table: &[u16; 64], tables: &[Used<'_>]) -> bool {
    tables.first().is_some_and(|(first, _)| *first == table)
}

/// The lowest quality at which the steps of luma and of chroma are no larger in sum; 100 if those are larger still.
pub(super) fn quality(luma: &[u16; 64], chroma: Option<&[u16; 64]>) -> u8 {
    let sum = |table: &[u16; 64]| table.iter().map(|step| u32::from(*step)).sum::<u32>();
    let is_finer = |quality: &u8| {
        let standard = Standard { quality: *quality, is_transposed: false };
        let chroma_is_finer = chroma.is_none_or(|chroma| sum(&standard.table(chroma == luma)) <= sum(chroma));
        chroma_is_finer && sum(&standard.table(true)) <= sum(luma)
    };
    (1..100).find(is_finer).unwrap_or(100)
}

/// An entry of the base table at a quality: `jpeg_quality_scaling` and `jpeg_add_quant_table` of the Independent JPEG
/// Group's libjpeg (jcparam.c), limited to 8 bits.
fn scaled(entry: u16, quality: u8) -> u16 {
    let quality = u32::from(quality);
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    ((u32::from(entry) * percent + 50) / 100).clamp(1, 255) as u16
}

/// T.81, table K.1, natural order.
#[rustfmt::skip]
const LUMA: [u16; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61,
    12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77,
    24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
];

/// T.81, table K.2, natural order.
#[rustfmt::skip]
const CHROMA: [u16; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99,
    18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn standard(quality: u8) -> Standard {
        Standard { quality, is_transposed: false }
    }

    #[test]
    fn a_standard_table_agrees_with_itself_alone() {
        for quality in 1..=100 {
            let [luma, chroma] = [true, false].map(|is_luma| standard(quality).table(is_luma));
            let of =
                |luma: &[u16; 64], chroma: &[u16; 64]| Standard::matching(&[(luma, ALL_PLACES), (chroma, ALL_PLACES)]);
            assert!(of(&luma, &chroma).is_some() && of(&luma, &luma).is_some());
            for place in 0..64 {
                let mut changed = luma;
                changed[place] = if changed[place] == 1 { 2 } else { changed[place] - 1 };
                assert_eq!(of(&changed, &chroma), None, "quality {quality}, place {place}");
            }
        }
    }

    #[test]
    fn luma_and_chroma_have_the_same_quality() {
        let (luma, chroma) = (standard(90).table(true), standard(80).table(false));
        assert_eq!(Standard::matching(&[(&luma, ALL_PLACES), (&chroma, ALL_PLACES)]), None);
    }

    #[test]
    fn the_quality_is_never_coarser() {
        let sum = |table: &[u16; 64]| table.iter().sum::<u16>();
        for base in 1..=100 {
            for added in [-1, 0, 1] {
                let table = standard(base).table(true).map(|step| step.saturating_add_signed(added).max(1));
                let found = quality(&table, None);
                assert!(sum(&standard(found).table(true)) <= sum(&table).max(64), "{base} {added}: {found}");
                assert!(found == 1 || sum(&standard(found - 1).table(true)) > sum(&table), "{base} {added}: {found}");
            }
        }
    }
}
