//! Counters and latency histograms, one `Feature` for each feature, in Prometheus' terms.
//!
//! Counting is one atomic addition. Calls of less than some microseconds are timed one in `SAMPLED`, for reading the
//! clock twice would cost as much as the call.

mod histogram;
mod text;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub use histogram::{BOUNDS_S, Histogram};
pub use text::render;

/// Of this many short calls one is timed.
pub const SAMPLED: u64 = 16;
/// Features that are told apart; later ones share the last.
const MAX_FEATURES: usize = 64;
/// Reasons come from code, never from data, so few exist; the bound guards against a mistake.
const MAX_REASONS: usize = 64;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Count one more; what was counted before.
    pub fn add(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is counted of one feature.
#[derive(Debug, Default)]
pub struct Feature {
    /// Calls of the native functions themselves.
    pub calls: Counter,
    /// How long calls took; of short ones a sample.
    pub latency: Histogram,
    /// Calls of patched functions that were answered natively.
    pub native: Counter,
    /// Calls that ran on both sides.
    pub shadowed: Counter,
    /// Of these, those whose answers differed.
    pub differences: Counter,
    fallbacks: Mutex<BTreeMap<String, u64>>,
}

impl Feature {
    /// Count a short call, and time it if it is one of the sample, until the guard is dropped.
    pub fn call(&self) -> Timed<'_> {
        let sampled = self.calls.add().is_multiple_of(SAMPLED);
        Timed { latency: &self.latency, started: sampled.then(Instant::now) }
    }

    /// Count a call of a patched function that the original served, because of `reason`.
    pub fn fallback(&self, reason: &str) {
        let mut fallbacks = self.lock();
        if let Some(count) = fallbacks.get_mut(reason) {
            *count += 1;
            return;
        }
        let reason = if fallbacks.len() < MAX_REASONS { reason } else { "other" };
        *fallbacks.entry(reason.to_owned()).or_default() += 1;
    }

    /// Calls left to the original, by reason.
    pub fn fallbacks(&self) -> BTreeMap<String, u64> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.fallbacks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call under way.
pub struct Timed<'a> {
    latency: &'a Histogram,
    started: Option<Instant>,
}

impl Drop for Timed<'_> {
    fn drop(&mut self) {
        if let Some(started) = self.started {
            self.latency.record(started.elapsed());
        }
    }
}

type Features = BTreeMap<String, Arc<Feature>>;

static FEATURES: LazyLock<Mutex<Features>> = LazyLock::new(Mutex::default);

/// The metrics of the feature `name`; the same ones on every call.
pub fn feature(name: &str) -> Arc<Feature> {
    let mut features = FEATURES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = features.get(name) {
        return Arc::clone(known);
    }
    let name = if features.len() < MAX_FEATURES { name } else { "other" };
    Arc::clone(features.entry(name.to_owned()).or_default())
}

/// Every feature that was asked for, by name.
pub fn features() -> Vec<(String, Arc<Feature>)> {
    let features = FEATURES.lock().unwrap_or_else(PoisonError::into_inner);
    features.iter().map(|(name, feature)| (name.clone(), Arc::clone(feature))).collect()
}

macro_rules! native_features {
    ($($(#[$doc:meta])* $name:ident = $feature:literal;)*) => {
        $($(#[$doc])* pub static $name: LazyLock<Arc<Feature>> = LazyLock::new(|| feature($feature));)*
    };
}

native_features! {
    /// Token counts.
    TOKEN_COUNTING = "token_counting";
    /// Picks and reports.
    ROUTING = "routing";
    /// Checks of limits and budgets.
    RATE_LIMITING = "rate_limiting";
    /// Requests, until the head of the answer; each is timed.
    TRANSPORT = "transport";
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn calls_are_all_counted_and_some_timed() {
        let feature = Feature::default();
        for _ in 0..33 {
            drop(feature.call());
        }
        assert_eq!((feature.calls.value(), feature.latency.count()), (33, 3));
    }

    #[test]
    fn reasons_are_bounded() {
        let feature = Feature::default();
        for number in 0..1000 {
            feature.fallback(&number.to_string());
        }
        let fallbacks = feature.fallbacks();
        assert_eq!(fallbacks.len(), MAX_REASONS + 1);
        assert_eq!(fallbacks.values().sum::<u64>(), 1000);
    }

    #[test]
    fn the_text_is_cumulative_and_escaped() {
        let feature = Arc::new(Feature::default());
        feature.latency.record(Duration::from_micros(3));
        feature.latency.record(Duration::from_secs(3600));
        feature.fallback("a \"quoted\"\nreason\\");
        let text = render(&[("f".to_owned(), feature)]);
        assert!(text.contains("litellm_rust_call_seconds_bucket{feature=\"f\",le=\"0.0000025\"} 0\n"), "{text}");
        assert!(text.contains("litellm_rust_call_seconds_bucket{feature=\"f\",le=\"0.000005\"} 1\n"));
        assert!(text.contains("litellm_rust_call_seconds_bucket{feature=\"f\",le=\"+Inf\"} 2\n"));
        assert!(text.contains("litellm_rust_call_seconds_count{feature=\"f\"} 2\n"));
        assert!(text.contains("{feature=\"f\",reason=\"a \\\"quoted\\\"\\nreason\\\\\"} 1\n"));
    }
}
