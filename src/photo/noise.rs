//! How strong the noise of a picture is.

/// Share of the places that are taken for smooth: there a filter answers to noise alone.
const SMOOTH_SHARE: f32 = 0.25;

/// That share of a normal distribution's values lies within so many standard deviations of its mean.
const SMOOTH_DEVIATION: f32 = 0.3186;

/// Standard deviation of white noise, in grey levels, from the absolute `answers` of a filter at many places; 0 if there
/// are none. `gain` is the root of the sum of the filter's squared weights, by which it enlarges the deviation.
pub(crate) fn standard_deviation(mut answers: Vec<f32>, gain: f32) -> f32 {
    if answers.is_empty() {
        return 0.0;
    }
    let place = (answers.len() as f32 * SMOOTH_SHARE) as usize;
    let (_, smooth, _) = answers.select_nth_unstable_by(place, f32::total_cmp);
    *smooth / (gain * SMOOTH_DEVIATION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deviation_of_normal_noise_is_found() {
        // Sums of twelve uniform numbers less six: nearly normal, with deviation 1.
        let mut state = 1u32;
        let mut uniform = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32
        };
        let answers = (0..20_000).map(|_| 5.0 * ((0..12).map(|_| uniform()).sum::<f32>() - 6.0).abs()).collect();
        let found = standard_deviation(answers, 2.0);
        assert!((found - 2.5).abs() < 0.1, "{found}");
    }

    #[test]
    fn where_nothing_answered_there_is_no_noise() {
        assert_eq!(standard_deviation(Vec::new(), 1.0), 0.0);
    }
}
