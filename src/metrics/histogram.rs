//! A latency histogram with fixed bounds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets in seconds; one more bucket takes what is longer.
pub const BOUNDS_S: [f64; 27] = [
    1e-7, 2.5e-7, 5e-7, 1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2,
    5e-2, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 60.0,
];

/// Durations by bucket. Recording takes two atomic additions.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; BOUNDS_S.len()],
    longer: AtomicU64,
    sum_ns: AtomicU64,
}

impl Histogram {
    pub fn record(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let bucket = BOUNDS_S.partition_point(|bound| *bound < seconds);
        self.buckets.get(bucket).unwrap_or(&self.longer).fetch_add(1, Ordering::Relaxed);
        let ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.sum_ns.fetch_add(ns, Ordering::Relaxed);
    }

    /// Durations up to each bound, and all of them at the end.
    pub fn cumulative(&self) -> Vec<u64> {
        let counts = self.buckets.iter().chain([&self.longer]).map(|bucket| bucket.load(Ordering::Relaxed));
        counts
            .scan(0, |sum, count| {
                *sum += count;
                Some(*sum)
            })
            .collect()
    }

    pub fn count(&self) -> u64 {
        self.cumulative().last().copied().unwrap_or_default()
    }

    pub fn sum_s(&self) -> f64 {
        self.sum_ns.load(Ordering::Relaxed) as f64 / 1e9
    }

    /// The bound of the bucket that holds the given share (0, 1] of the durations; 0 without any, infinite beyond the
    /// last bound.
    pub fn quantile_s(&self, share: f64) -> f64 {
        let cumulative = self.cumulative();
        let total = cumulative.last().copied().unwrap_or_default();
        if total == 0 {
            return 0.0;
        }
        let wanted = ((total as f64 * share).ceil() as u64).max(1);
        let bucket = cumulative.partition_point(|count| *count < wanted);
        BOUNDS_S.get(bucket).copied().unwrap_or(f64::INFINITY)
    }
}
