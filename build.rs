//! Works out of the vocabularies (`src/tokens/data/<name>.bin`) what would take a starting process long, and little room in
//! the library: `src/tokens/vocabulary.rs` reads it.

use std::collections::HashMap;
use std::path::Path;
use std::{env, error, fs};

#[path = "src/tokens/layout.rs"]
#[allow(dead_code)]
mod layout;
#[path = "src/tokens/window.rs"]
#[allow(dead_code)]
mod window;

use layout::{CUT_BITS, LONGEST, SHORT};
use window::Window;

type Outcome<T> = Result<T, Box<dyn error::Error>>;
type Ranks<'a> = HashMap<&'a [u8], u32>;
type Tables = Vec<(&'static str, Vec<u8>)>;

const NAMES: [&str; 3] = ["p50k_base", "cl100k_base", "o200k_base"];
const SOURCES: [&str; 3] = ["build.rs", "src/tokens/layout.rs", "src/tokens/window.rs"];

fn main() -> Outcome<()> {
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
    }
    let out = env::var("OUT_DIR")?;
    for name in NAMES {
        let source = format!("src/tokens/data/{name}.bin");
        println!("cargo::rerun-if-changed={source}");
        let data = fs::read(source)?;
        for (table, bytes) in tables(&tokens(&data)?)? {
            fs::write(Path::new(&out).join(format!("{name}.{table}")), bytes)?;
        }
    }
    Ok(())
}

/// The tokens by rank; empty for a rank that is not in use. The format: src/tokens/data/build.py.
fn tokens(data: &[u8]) -> Outcome<Vec<&[u8]>> {
    let (count, rest) = data.split_first_chunk::<4>().ok_or("no header")?;
    let (lengths, mut bytes) = rest.split_at_checked(u32::from_le_bytes(*count) as usize).ok_or("no lengths")?;
    let mut tokens = Vec::with_capacity(lengths.len());
    for length in lengths {
        let (token, after) = bytes.split_at_checked(usize::from(*length)).ok_or("cut short")?;
        if token.len() > LONGEST {
            return Err("a token is longer than any was".into());
        }
        tokens.push(token);
        bytes = after;
    }
    Ok(tokens)
}

fn tables(tokens: &[&[u8]]) -> Outcome<Tables> {
    let ranks = tokens.iter().copied().zip(0..).filter(|(token, _)| !token.is_empty()).collect();
    Ok(vec![
        ("pilots", pilots(tokens)?),
        ("splits", splits(tokens, &ranks)?),
        ("borders", borders(tokens)),
        ("cuts", cuts(tokens)),
    ])
}

/// A perfect hash of the short tokens: a pilot for each bucket, found by trial, the largest bucket first.
fn pilots(tokens: &[&[u8]]) -> Outcome<Vec<u8>> {
    let short = tokens.iter().filter(|token| (1..=SHORT).contains(&token.len()));
    let short: Vec<u64> = short.map(|token| Window::of(token, 0, token.len()).hash()).collect();
    let mut taken = vec![false; layout::slots(short.len())];
    let mut pilots = vec![0u16; (short.len() / 4).next_power_of_two()];
    let mut buckets = vec![Vec::new(); pilots.len()];
    for hash in short {
        buckets.get_mut(layout::place(hash, pilots.len())).ok_or("bucket")?.push(hash);
    }
    let mut order: Vec<_> = (0..).zip(buckets).collect();
    order.sort_by_key(|(at, bucket)| (usize::MAX - bucket.len(), *at));
    for (at, bucket) in order {
        let places = |pilot: u16| {
            let mut places: Vec<_> = bucket.iter().map(|hash| layout::slot(*hash, pilot, taken.len())).collect();
            places.sort_unstable();
            places.dedup();
            places
        };
        let free = |places: &Vec<usize>| {
            places.len() == bucket.len() && places.iter().all(|place| taken.get(*place) == Some(&false))
        };
        let found = (0..u16::MAX).map(|pilot| (pilot, places(pilot))).find(|(_, places)| free(places));
        let (pilot, places) = found.ok_or("no pilot places a bucket")?;
        *pilots.get_mut::<usize>(at).ok_or("pilot")? = pilot;
        for place in places {
            *taken.get_mut(place).ok_or("slot")? = true;
        }
    }
    Ok(pilots.into_iter().flat_map(u16::to_le_bytes).collect())
}

/// By rank: the length of what the token's last join had on its left; 0 for a token that no join makes.
fn splits(tokens: &[&[u8]], ranks: &Ranks) -> Outcome<Vec<u8>> {
    (0..).zip(tokens).map(|(rank, token)| Ok(u8::try_from(last_join(token, rank, ranks))?)).collect()
}

fn last_join(token: &[u8], limit: u32, ranks: &Ranks) -> usize {
    // Where each part ends, and the rank of its join with the next.
    let rank = |from: usize, to: usize| {
        token.get(from..to).and_then(|joined| ranks.get(joined)).copied().filter(|rank| *rank < limit)
    };
    let mut ends: Vec<usize> = (1..=token.len()).collect();
    let mut joins: Vec<Option<u32>> = (0..token.len()).map(|at| rank(at, at + 2)).collect();
    while let Some((_, at)) = joins.iter().zip(0usize..).filter_map(|(join, at)| join.map(|join| (join, at))).min() {
        ends.remove(at);
        joins.remove(at + 1);
        let end = |at: usize| ends.get(at).copied();
        let start = |at: usize| at.checked_sub(1).map_or(Some(0), end);
        let join = |at: usize| rank(start(at)?, end(at + 1)?);
        if let Some(entry) = joins.get_mut(at) {
            *entry = join(at);
        }
        if let Some(before) = at.checked_sub(1)
            && let Some(entry) = joins.get_mut(before)
        {
            *entry = join(before);
        }
    }
    if ends.len() == 2 { ends.first().copied().unwrap_or_default() } else { 0 }
}

/// A bit for the three bytes on each side of each place in a token that has so many there.
fn borders(tokens: &[&[u8]]) -> Vec<u8> {
    let mut hashes: Vec<u64> = tokens
        .iter()
        .flat_map(|token| token.windows(6))
        .filter_map(|bytes| {
            let [a, b, c, d, e, f] = *bytes.first_chunk()?;
            may_be_border(c, d).then(|| layout::border_hash(u64::from_le_bytes([a, b, c, d, e, f, 0, 0])))
        })
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    let mut bits = vec![0; (hashes.len() * 2).next_power_of_two().max(64)];
    for hash in hashes {
        let at = layout::place(hash, bits.len() * 8);
        set_bit(&mut bits, at);
    }
    bits
}

/// A bit for the bytes around each place in a token that has fewer than three bytes on one side of it.
fn cuts(tokens: &[&[u8]]) -> Vec<u8> {
    let mut bits = vec![0; CUT_BITS / 8];
    for token in tokens {
        for (at, (before, after)) in token.iter().zip(token.iter().skip(1)).enumerate() {
            if may_be_border(*before, *after) && (at < 2 || token.len() - at < 4) {
                set_bit(&mut bits, layout::cut_index(u64::from_le_bytes([0, 0, *before, *after, 0, 0, 0, 0])));
            }
        }
    }
    bits
}

/// Whether a character of three bytes may end and another start between the two.
fn may_be_border(before: u8, after: u8) -> bool {
    (0x80..0xC0).contains(&before) && (0xE0..0xF0).contains(&after)
}

fn set_bit(bits: &mut [u8], at: usize) {
    if let Some(byte) = bits.get_mut(at / 8) {
        *byte |= 1 << (at % 8);
    }
}
