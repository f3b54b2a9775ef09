//! A small cache of counts, one a thread and of a fixed size: texts repeat their rare words and their CJK sentences.

use std::cell::RefCell;

use super::vocabulary::hash;

const ENTRIES: usize = 4096;
const LONGEST: usize = 56;

#[derive(Clone, Copy)]
struct Entry {
    piece: [u8; LONGEST],
    count: u32,
    encoding: u8,
    length: u8,
}

const EMPTY: Entry = Entry { piece: [0; LONGEST], count: 0, encoding: 0, length: 0 };

thread_local! {
    static COUNTS: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

/// The count of `piece` in the encoding numbered `encoding`: remembered, or made by `make`.
pub fn count(encoding: u8, piece: &[u8], make: impl FnOnce() -> usize) -> usize {
    if piece.len() > LONGEST {
        return make();
    }
    let at = hash(piece) as usize % ENTRIES;
    COUNTS.with_borrow_mut(|entries| {
        if entries.is_empty() {
            entries.resize(ENTRIES, EMPTY);
        }
        let Some(entry) = entries.get_mut(at) else { return make() };
        let length = usize::from(entry.length);
        if entry.encoding == encoding && length == piece.len() && entry.piece.get(..length) == Some(piece) {
            return entry.count as usize;
        }
        let made = make();
        if let Some(kept) = entry.piece.get_mut(..piece.len()) {
            kept.copy_from_slice(piece);
            entry.count = made as u32;
            entry.encoding = encoding;
            entry.length = piece.len() as u8;
        }
        made
    })
}
