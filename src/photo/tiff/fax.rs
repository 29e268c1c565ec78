//! Runs of black and white (ITU-T T.4 and T.6). The tables of codes are those of the crate `fax`; its decoders skip what they do not
//! understand, and would show something else of a damaged file than other programs.

use std::convert::Infallible;

use ::fax::BitReader;
use ::fax::maps::{Mode, black, mode, white};

use crate::container::tiff::Fax;
use crate::error::InputError;

/// Fills `out` with lines of `width` bits, white 0 and black 1, each from the start of a byte.
///
/// # Errors
/// [`InputError`] if there are fewer lines, or one is not as wide.
pub(super) fn decode(data: &[u8], kind: Fax, width: u32, out: &mut [u8]) -> Result<(), InputError> {
    let mut bits = Bits { data, at: 0 };
    let mut above = Vec::new();
    out.fill(0);
    for row in out.chunks_exact_mut(width.div_ceil(8) as usize) {
        let mut line = Line { width, changes: Vec::new() };
        let is_whole = match kind {
            Fax::Lines => {
                bits.at = bits.at.next_multiple_of(8);
                line.read_runs(&mut bits)
            }
            Fax::Group3 { two_dimensional } => {
                bits.end_of_line()?;
                match two_dimensional && !bits.take_one() {
                    true => line.read_differences(&mut bits, &above),
                    false => line.read_runs(&mut bits),
                }
            }
            Fax::Group4 => line.read_differences(&mut bits, &above),
        };
        if bits.at > 8 * data.len() {
            return Err(InputError::Truncated);
        }
        is_whole.ok_or_else(|| InputError::Corrupt("its fax data breaks the rules".into()))?;
        line.draw(row);
        above = line.changes;
    }
    Ok(())
}

/// Bits from the highest of each byte on, with zeros after the last.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// Takes an end-of-line code: at least 11 zeros, and a one.
    fn end_of_line(&mut self) -> Result<(), InputError> {
        let start = self.at;
        while self.at < 8 * self.data.len() {
            match self.take_one() {
                true if self.at - start > 11 => return Ok(()),
                true => return Err(InputError::Corrupt("its fax data lacks the end of a line".into())),
                false => {}
            }
        }
        Err(InputError::Truncated)
    }

    /// Takes a bit, and says whether it is set.
    fn take_one(&mut self) -> bool {
        let byte = self.data.get(self.at / 8).copied().unwrap_or(0);
        let is_set = byte << (self.at % 8) >= 128;
        self.at += 1;
        is_set
    }
}

impl BitReader for Bits<'_> {
    type Error = Infallible;

    fn peek(&self, bits: u8) -> Option<u16> {
        let byte = |n: usize| u32::from(self.data.get(self.at / 8 + n).copied().unwrap_or(0));
        let three = byte(0) << 16 | byte(1) << 8 | byte(2);
        let shift = 24_u32.checked_sub(self.at as u32 % 8 + u32::from(bits))?;
        Some((three >> shift & ((1 << bits) - 1)) as u16)
    }

    fn consume(&mut self, bits: u8) -> Result<(), Infallible> {
        self.at += usize::from(bits);
        Ok(())
    }

    fn bits_to_byte_boundary(&self) -> u8 {
        (self.at.next_multiple_of(8) - self.at) as u8
    }
}

/// A line of pixels.
struct Line {
    width: u32,
    /// Where the colour changes, from left to right: first to black, then to white and so on.
    changes: Vec<u32>,
}

impl Line {
    /// A line that is coded by the lengths of its runs, white first; `None` if it is not sound.
    fn read_runs(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        let (mut at, mut is_black) = (0, false);
        while at < self.width {
            at = self.read_run(bits, at, is_black)?;
            is_black = !is_black;
        }
        Some(())
    }

    /// Takes a run from `at` on, and returns its end.
    fn read_run(&mut self, bits: &mut Bits<'_>, at: u32, is_black: bool) -> Option<u32> {
        let mut end = at;
        loop {
            let code = if is_black { black::decode(bits) } else { white::decode(bits) }?;
            end += u32::from(code);
            if end > self.width {
                return None;
            }
            if code < 64 {
                self.change(end);
                return Some(end);
            }
        }
    }

    /// Changes the colour at a place, the last so far. Two changes at one place are none.
    fn change(&mut self, at: u32) {
        if self.changes.last() == Some(&at) {
            self.changes.pop();
        } else {
            self.changes.push(at);
        }
    }

    /// A line that is coded by its differences from the one `above`; `None` if it is not sound.
    fn read_differences(&mut self, bits: &mut Bits<'_>, above: &[u32]) -> Option<()> {
        let (mut at, mut is_black) = (0, false);
        let mut is_start = true;
        while at < self.width {
            // The first change above that is on the right of here and to the other colour.
            let next = above.partition_point(|change| *change < at || (*change == at && !is_start));
            let next = next + (next + usize::from(is_black)) % 2;
            let change = |n: usize| above.get(n).copied().unwrap_or(self.width);
            match mode::decode(bits)? {
                Mode::Pass => at = change(next + 1),
                Mode::Vertical(by) => {
                    let end = change(next).checked_add_signed(by.into())?;
                    if end > self.width || (end <= at && !is_start) {
                        return None;
                    }
                    self.change(end);
                    (at, is_black) = (end, !is_black);
                }
                Mode::Horizontal => {
                    at = self.read_run(bits, at, is_black)?;
                    at = self.read_run(bits, at, !is_black)?;
                }
                Mode::Extension | Mode::EOF => return None,
            }
            is_start = false;
        }
        Some(())
    }

    /// Sets the bits of black pixels.
    fn draw(&self, row: &mut [u8]) {
        for run in self.changes.chunks(2) {
            let end = run.get(1).copied().unwrap_or(self.width);
            (run[0]..end).for_each(|x| row[x as usize / 8] |= 128 >> (x % 8));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use ::fax::encoder::Encoder;
    use ::fax::{BitWriter, Bits as Code, Color, VecWriter};
    use proptest::prelude::*;

    const END_OF_LINE: Code = Code { data: 1, len: 12 };

    /// Lines of a width, with runs of all lengths.
    fn picture() -> impl Strategy<Value = (u32, Vec<Vec<bool>>)> {
        let line = prop::collection::vec((prop_oneof![0..4_usize, 0..70_usize, 0..3000_usize], 0..12_u8), 1..20);
        (1..6000_u32, prop::collection::vec(line, 1..8)).prop_map(|(width, lines)| {
            let mut above = vec![false; width as usize];
            let line = |runs: Vec<(usize, u8)>| {
                let mut line: Vec<bool> =
                    runs.iter().enumerate().flat_map(|(n, run)| std::iter::repeat_n(n % 2 == 1, run.0)).collect();
                line.resize(width as usize, false);
                // Most lines are much like the one above.
                if runs[0].1 > 3 {
                    line.clone_from(&above);
                    line.rotate_left(usize::from(runs[0].1 % 5).min(width as usize));
                }
                above.clone_from(&line);
                line
            };
            (width, lines.into_iter().map(line).collect())
        })
    }

    fn packed(lines: &[Vec<bool>]) -> Vec<u8> {
        let byte = |bits: &[bool]| bits.iter().enumerate().fold(0, |byte, (n, bit)| byte | u8::from(*bit) << (7 - n));
        lines.iter().flat_map(|line| line.chunks(8).map(byte)).collect()
    }

    fn decoded(data: &[u8], kind: Fax, width: u32, count: usize) -> Result<Vec<u8>, InputError> {
        let mut out = vec![0xAA; count * width.div_ceil(8) as usize];
        decode(data, kind, width, &mut out).map(|()| out)
    }

    fn write_runs(line: &[bool], out: &mut VecWriter) {
        let mut is_black = false;
        let mut rest = line;
        while !rest.is_empty() {
            let run = rest.iter().take_while(|bit| **bit == is_black).count();
            write_run(run, is_black, out);
            (rest, is_black) = (&rest[run..], !is_black);
        }
    }

    fn write_run(mut run: usize, is_black: bool, out: &mut VecWriter) {
        let table = if is_black { &black::ENTRIES } else { &white::ENTRIES };
        while run >= 64 {
            let part = run.min(2560) / 64 * 64;
            out.write(table[63 + part / 64].1).unwrap();
            run -= part;
        }
        out.write(table[run].1).unwrap();
    }

    /// Each line in runs, from a byte of its own or after an end-of-line code.
    fn in_runs(lines: &[Vec<bool>], kind: Fax, fills: bool) -> Vec<u8> {
        let mut data: Vec<u8> = Vec::new();
        let mut whole = VecWriter::new();
        for line in lines {
            if kind == Fax::Lines {
                let mut out = VecWriter::new();
                write_runs(line, &mut out);
                data.extend(out.finish());
                continue;
            }
            if fills {
                whole.write(Code { data: 0, len: 5 }).unwrap();
            }
            whole.write(END_OF_LINE).unwrap();
            if kind == (Fax::Group3 { two_dimensional: true }) {
                whole.write(Code { data: 1, len: 1 }).unwrap();
            }
            write_runs(line, &mut whole);
        }
        [data, whole.finish()].concat()
    }

    fn group_4(width: u32, lines: &[Vec<bool>]) -> Vec<u8> {
        let mut encoder = Encoder::new(VecWriter::new());
        for line in lines {
            let colours = line.iter().map(|bit| if *bit { Color::Black } else { Color::White });
            encoder.encode_line(colours, width as u16).unwrap();
        }
        encoder.finish().unwrap().finish()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn what_was_coded_is_decoded_in_every_kind((width, lines) in picture(), fills: bool) {
            let expected = Ok(packed(&lines));
            let kinds = [false, true].map(|two_dimensional| Fax::Group3 { two_dimensional });
            for kind in [Fax::Lines, kinds[0], kinds[1]] {
                let data = in_runs(&lines, kind, fills);
                prop_assert_eq!(&decoded(&data, kind, width, lines.len()), &expected);
            }
            prop_assert_eq!(&decoded(&group_4(width, &lines), Fax::Group4, width, lines.len()), &expected);
        }

        #[test]
        fn damage_is_refused_or_decoded(data: Vec<u8>, width in 1..3000_u32, two_dimensional: bool) {
            for kind in [Fax::Lines, Fax::Group3 { two_dimensional }, Fax::Group4] {
                let _ = decoded(&data, kind, width, 9);
            }
        }

        #[test]
        fn a_line_that_is_missing_is_noticed((width, lines) in picture()) {
            let data = group_4(width, &lines);
            prop_assert!(decoded(&data, Fax::Group4, width, lines.len() + 1).is_err());
            let data = in_runs(&lines, Fax::Lines, false);
            prop_assert!(decoded(&data, Fax::Lines, width, lines.len() + 1).is_err());
        }
    }

    #[test]
    fn a_line_of_differences_follows_one_of_runs() {
        let line = [vec![false; 10], vec![true; 7], vec![false; 15]].concat();
        let kind = Fax::Group3 { two_dimensional: true };
        let mut out = VecWriter::new();
        out.write(END_OF_LINE).unwrap();
        out.write(Code { data: 1, len: 1 }).unwrap();
        write_runs(&line, &mut out);
        // The same line again, then one whose black run is a pixel shorter on the left.
        for modes in [[0, 0, 0], [1, 0, 0]] {
            out.write(END_OF_LINE).unwrap();
            out.write(Code { data: 0, len: 1 }).unwrap();
            modes.iter().for_each(|by| out.write(mode::encode(Mode::Vertical(*by)).unwrap()).unwrap());
        }
        let shorter = [vec![false; 11], vec![true; 6], vec![false; 15]].concat();
        assert_eq!(decoded(&out.finish(), kind, 32, 3), Ok(packed(&[line.clone(), line, shorter])));
    }

    #[test]
    fn lines_that_do_not_fit_are_refused() {
        let line = vec![vec![false; 100]];
        for kind in [Fax::Lines, Fax::Group3 { two_dimensional: false }] {
            let data = in_runs(&line, kind, false);
            assert!(decoded(&data, kind, 99, 1).is_err());
            assert!(decoded(&data, kind, 101, 1).is_err());
        }
    }
}
