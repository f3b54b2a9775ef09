//! Picks and reports without Python: `cargo bench --bench routing`.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use litellm_rust::routing::{Config, LatencyRules, Outcome, Request, Strategy, Table};

fn table(size: usize) -> Table {
    let table = Table::new(Some(1), LatencyRules::default());
    for number in 0..size {
        let config = Config {
            weight: Some((number % 5) as f64),
            rpm: Some(1e9),
            tpm: Some(1e9),
            input_cost: Some((number % 7) as f64),
            ..Config::default()
        };
        let taken = table.add("group", &format!("deployment-{number}"), config);
        assert!(taken.is_ok());
    }
    table
}

fn picks(criterion: &mut Criterion) {
    for (name, strategy) in Strategy::NAMES {
        let mut group = criterion.benchmark_group(name);
        for size in [1, 1_000, 100_000] {
            let table = table(size);
            let outcome = Outcome { ok: true, latency_s: Some(0.5), tokens: 10, ..Outcome::default() };
            group.bench_function(BenchmarkId::new("pick and report", size), |bencher| {
                bencher.iter(|| {
                    let picked = table.pick("group", strategy, black_box(&Request::default()), true, 1.0);
                    let picked = picked.ok().flatten();
                    picked.and_then(|id| table.report(&id, &outcome, 1.0))
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, picks);
criterion_main!(benches);
