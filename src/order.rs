//! Sorting by a number.
//!
//! The standard library's sort is compiled anew for every type of element, and a dozen of them are 14 kB of compressed
//! WebAssembly, which a phone has to fetch before its first photo. Here all go through one.

/// Sorts by a key, the least first. Elements with the same key stay in their order.
pub(crate) fn sort_by_key<T, K: Into<u128>>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let mut order: Vec<(u128, usize)> =
        items.iter().enumerate().map(|(index, item)| (key(item).into(), index)).collect();
    order.sort_unstable();
    let mut unsorted: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(order.into_iter().filter_map(|(_, index)| unsorted[index].take()));
}

/// A key that sorts numbers from the greatest to the least, in the order of [`f32::total_cmp`].
pub(crate) fn descending(value: f32) -> u32 {
    const SIGN: u32 = 1 << 31;
    let bits = value.to_bits();
    if bits & SIGN == 0 { !(bits | SIGN) } else { bits }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_stable_sort_of_the_standard_library(bits in prop::collection::vec(any::<u32>(), 0..50), few in 1u32..9) {
            let mut items: Vec<(u32, usize)> = bits.iter().map(|bits| bits % few).zip(0..).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            sort_by_key(&mut items, |(key, _)| *key);
            prop_assert_eq!(items, expected);
        }

        #[test]
        fn numbers_descend_as_in_their_total_order(bits in prop::collection::vec(any::<u32>(), 0..50)) {
            let mut numbers: Vec<f32> = bits.into_iter().chain([0, 1 << 31]).map(f32::from_bits).collect();
            let mut expected = numbers.clone();
            expected.sort_by(|a, b| b.total_cmp(a));
            sort_by_key(&mut numbers, |number| descending(*number));
            let bits = |numbers: Vec<f32>| numbers.into_iter().map(f32::to_bits).collect::<Vec<_>>();
            prop_assert_eq!(bits(numbers), bits(expected));
        }
    }
}
