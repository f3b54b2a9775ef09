//! Checks of limits and budgets without Python: `cargo bench --bench limits`.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use litellm_rust::limits::{BudgetTable, Limit, LimitTable};

const KEYS: [&str; 5] = ["key:requests", "key:tokens", "team:requests", "team:tokens", "user:requests"];

fn checks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    for number in [1, 5] {
        let table = LimitTable::default();
        let row = |key| Limit { key, limit: u64::MAX, window_ms: 60_000, cost: 1 };
        let limits: Vec<Limit> = KEYS.into_iter().take(number).map(row).collect();
        let mut now = 0;
        group.bench_function(BenchmarkId::new("limits", number), |bencher| {
            bencher.iter(|| {
                now += 1;
                black_box(table.check(black_box(&limits), now))
            });
        });
    }
    group.finish();
}

fn keys(criterion: &mut Criterion) {
    let table = LimitTable::default();
    let names: Vec<String> = (0..1_000_000).map(|number| format!("key-{number}")).collect();
    let mut next = 0;
    criterion.bench_function("check/one of a million keys", |bencher| {
        bencher.iter(|| {
            next = (next + 7919) % names.len();
            let key = names.get(next).map_or("", String::as_str);
            table.check(&[Limit { key, limit: 100, window_ms: 60_000, cost: 1 }], 1)
        });
    });
}

fn budgets(criterion: &mut Criterion) {
    let table = BudgetTable::new(3600.0);
    for key in KEYS {
        table.set(key, None, 0, None, None, 0.0);
    }
    criterion.bench_function("budgets/reserve and settle on five", |bencher| {
        bencher.iter(|| {
            let refused = table.reserve("request", &KEYS, black_box(1_000), 1.0);
            (refused.is_ok(), table.settle("request", 900, 1.0))
        });
    });
}

criterion_group!(benches, checks, keys, budgets);
criterion_main!(benches);
