//! Prometheus' text format, version 0.0.4.

use std::fmt::Write as _;
use std::sync::Arc;

use super::{BOUNDS_S, Feature};

/// Every metric of `features`, each family once with its help and type.
pub fn render(features: &[(String, Arc<Feature>)]) -> String {
    let mut text = Text(String::new());
    text.counters(features, "calls_total", "Calls of native functions.", |feature| feature.calls.value());
    text.counters(
        features,
        "patched_calls_total",
        "Calls of patched functions that were answered natively.",
        |feature| feature.native.value(),
    );
    text.counters(features, "shadowed_calls_total", "Calls that ran natively and in Python.", |feature| {
        feature.shadowed.value()
    });
    text.counters(features, "differences_total", "Calls in shadow whose two answers differed.", |feature| {
        feature.differences.value()
    });
    text.family("fallbacks_total", "Calls of patched functions left to the original, by reason.", "counter");
    for (name, feature) in features {
        for (reason, count) in feature.fallbacks() {
            text.line("fallbacks_total", name, Some(("reason", &reason)), count);
        }
    }
    text.family("call_seconds", "Time of native calls; of short ones every sixteenth.", "histogram");
    for (name, feature) in features {
        let cumulative = feature.latency.cumulative();
        let bounds = BOUNDS_S.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
        for (bound, count) in bounds.zip(&cumulative) {
            text.line("call_seconds_bucket", name, Some(("le", &bound)), count);
        }
        text.line("call_seconds_sum", name, None, feature.latency.sum_s());
        text.line("call_seconds_count", name, None, cumulative.last().copied().unwrap_or_default());
    }
    text.0
}

struct Text(String);

impl Text {
    fn counters(&mut self, features: &[(String, Arc<Feature>)], name: &str, help: &str, value: fn(&Feature) -> u64) {
        self.family(name, help, "counter");
        for (feature, metrics) in features {
            self.line(name, feature, None, value(metrics));
        }
    }

    fn family(&mut self, name: &str, help: &str, kind: &str) {
        let _ = write!(self.0, "# HELP litellm_rust_{name} {help}\n# TYPE litellm_rust_{name} {kind}\n"); // to a String
    }

    fn line(&mut self, name: &str, feature: &str, label: Option<(&str, &str)>, value: impl std::fmt::Display) {
        let label = label.map_or_else(String::new, |(key, value)| format!(",{key}=\"{}\"", escaped(value)));
        let _ = writeln!(self.0, "litellm_rust_{name}{{feature=\"{}\"{label}}} {value}", escaped(feature)); // to a String
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
