//! Text in XML: SVG, and XMP in a file of its own.

use super::span::Span;
use super::walk::Walk;

/// Whether a file is text in XML that may hold properties: it starts with a tag, a declaration or a packet's mark.
pub(super) fn is_xml(bytes: &[u8]) -> bool {
    /// Enough for declarations and comments before the first property.
    const WINDOW: usize = 4096;
    let window = Span::whole(bytes).clipped(0, WINDOW);
    let text = window.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(window);
    text.bytes().starts_with(b"<") && (text.contains(b"<svg") || text.contains(b"rdf:RDF"))
}

/// The whole file is one segment.
pub(super) fn walk(bytes: &[u8]) -> Walk {
    let mut walk = Walk::new(bytes.len());
    walk.cut("text", bytes.len());
    walk.finish()
}
