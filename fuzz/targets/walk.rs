// What every walker has to keep to, whatever the file: included by the targets, of which each has a signature.

use tarnkappe::leaks;

/// Overwrites the start of the bytes with the container's signature, so that no change leads to another walker, and scans
/// the file. Every byte must belong to exactly one part, and every leak must lie in the file.
fn scan(signature: &[u8], data: &[u8]) {
    let mut file = data.to_vec();
    file.resize(file.len().max(signature.len()), 0);
    file[..signature.len()].copy_from_slice(signature);
    let found = leaks::scan(&file, "");
    let mut end = 0;
    for part in &found.parts {
        assert_eq!(part.offset, end);
        end += part.bytes;
    }
    assert!(found.parts.is_empty() || end == file.len() as u64);
    for leak in &found.leaks {
        assert!(leak.bytes.is_none_or(|[start, end]| start <= end && end <= file.len() as u64), "{leak:?}");
    }
}
