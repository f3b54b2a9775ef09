//! Counting tokens without Python: `cargo bench --bench tokens`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use litellm_rust::tokens::{Encoding, names};

const SENTENCES: &str = "The committee met on Tuesday, 14 March 2023, and approved the budget without amendments.\n\
    def fold(values): return sum(value * 31 ** i for i, value in enumerate(values))  # it's O(n)\n";

fn texts() -> [(&'static str, String); 5] {
    // A multiplicative generator is random enough for letters.
    let digits = (1u32..).scan(1u32, |state, _| {
        *state = state.wrapping_mul(48_271) % 0x7FFF_FFFF;
        char::from_digit(*state % 36, 36)
    });
    [
        ("20 B", "Hello, how are you? ".to_owned()),
        ("10 KB", SENTENCES.repeat(60).chars().take(10_000).collect()),
        ("10 KB CJK", "今日は天気が良いので、公園を散歩しながら本を読みました。".repeat(120)),
        ("100 KB of one letter", "a".repeat(100_000)),
        ("100 KB of random letters", digits.take(100_000).collect()),
    ]
}

fn counts(criterion: &mut Criterion) {
    for encoding in names().iter().filter_map(|name| Encoding::get(name)) {
        let mut group = criterion.benchmark_group(encoding.name());
        for (name, text) in texts() {
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function(name, |bencher| bencher.iter(|| encoding.count(black_box(&text))));
        }
        group.finish();
    }
}

criterion_group!(benches, counts);
criterion_main!(benches);
