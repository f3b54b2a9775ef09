//! One deployment: what its configuration says, and what is known of its load.

use std::collections::VecDeque;
use std::sync::Arc;

/// A latency for an attempt that timed out, in seconds: high enough to be avoided, as upstream has it.
const TIMEOUT_LATENCY_S: f64 = 1000.0;
/// The USD per token assumed where no price is known, as upstream has it.
pub const UNKNOWN_COST: f64 = 5.0;

/// What the configuration says. `None` is "not set"; numbers are finite and not negative.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    pub weight: Option<f64>,
    /// Requests per minute.
    pub rpm: Option<f64>,
    /// Tokens per minute.
    pub tpm: Option<f64>,
    pub max_parallel_requests: Option<u64>,
    /// Lower is tried first; deployments without one come last.
    pub order: Option<i64>,
    /// USD per token.
    pub input_cost: Option<f64>,
    pub output_cost: Option<f64>,
    pub tags: Vec<String>,
}

/// How latencies are kept and compared, for a whole table.
#[derive(Clone, Debug)]
pub struct LatencyRules {
    /// Deployments within `lowest * (1 + buffer)` are equally good.
    pub buffer: f64,
    /// Samples kept for each deployment.
    pub samples: usize,
    /// Seconds after which the samples of a group without reports are forgotten.
    pub ttl_s: f64,
    /// Compare times to first token at this percentile (0, 1] instead of by their mean.
    pub ttft_percentile: Option<f64>,
}

impl Default for LatencyRules {
    fn default() -> Self {
        Self { buffer: 0.0, samples: 10, ttl_s: 3600.0, ttft_percentile: None }
    }
}

/// How an attempt ended.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub ok: bool,
    pub timed_out: bool,
    pub latency_s: Option<f64>,
    pub ttft_s: Option<f64>,
    pub tokens: u64,
    pub completion_tokens: u64,
}

/// What is known of a deployment now; counts are of the running minute.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    pub in_flight: u64,
    pub requests: u64,
    pub tokens: u64,
    pub successes: u64,
    pub failures: u64,
    pub latency_s: f64,
    pub ttft_s: f64,
    pub cooling_s: f64,
    pub healthy: bool,
}

#[derive(Debug)]
pub struct Deployment {
    pub id: Arc<str>,
    pub config: Config,
    pub in_flight: u64,
    /// The time at which the cooldown ends, while there is one.
    pub cooling_until: Option<f64>,
    pub healthy: bool,
    pub requests: u64,
    pub tokens: u64,
    pub successes: u64,
    pub failures: u64,
    latencies: VecDeque<f64>,
    first_tokens: VecDeque<f64>,
    /// Mean of the latencies; 0 without samples, so that an untried deployment is tried.
    pub latency_s: f64,
    /// Time to first token as the rules compare it; the latency where there are no samples.
    pub ttft_s: f64,
}

impl Deployment {
    pub fn new(id: Arc<str>, config: Config) -> Self {
        Self {
            id,
            config,
            in_flight: 0,
            cooling_until: None,
            healthy: true,
            requests: 0,
            tokens: 0,
            successes: 0,
            failures: 0,
            latencies: VecDeque::new(),
            first_tokens: VecDeque::new(),
            latency_s: 0.0,
            ttft_s: 0.0,
        }
    }

    /// May be given a request, limits per minute aside.
    pub fn available(&self, ignore_health: bool) -> bool {
        self.cooling_until.is_none()
            && (self.healthy || ignore_health)
            && self.config.max_parallel_requests.is_none_or(|limit| self.in_flight < limit)
    }

    /// The tokens that this minute still allows: infinite without a limit, negative when no request is allowed.
    pub fn room(&self) -> f64 {
        if self.config.rpm.is_some_and(|rpm| self.requests as f64 + 1.0 > rpm) {
            return -1.0;
        }
        self.config.tpm.map_or(f64::INFINITY, |tpm| tpm - self.tokens as f64)
    }

    pub fn cost(&self) -> f64 {
        self.config.input_cost.unwrap_or(UNKNOWN_COST) + self.config.output_cost.unwrap_or(UNKNOWN_COST)
    }

    /// The largest share of any of its limits that is used up; 0 without limits.
    pub fn utilisation(&self) -> f64 {
        let share = |used: u64, limit: Option<f64>| match limit {
            Some(limit) if limit > 0.0 => used as f64 / limit,
            Some(_) => 1.0,
            None => 0.0,
        };
        share(self.requests, self.config.rpm)
            .max(share(self.tokens, self.config.tpm))
            .max(share(self.in_flight, self.config.max_parallel_requests.map(|limit| limit as f64)))
    }

    /// Take in how an attempt ended; in-flight counts are the caller's.
    pub fn record(&mut self, outcome: &Outcome, rules: &LatencyRules) {
        self.tokens = self.tokens.saturating_add(outcome.tokens);
        if outcome.ok {
            self.successes += 1;
            if let Some(latency) = outcome.latency_s {
                let tokens = outcome.completion_tokens.max(1) as f64;
                push(&mut self.latencies, latency / tokens, rules.samples);
            }
            if let Some(ttft) = outcome.ttft_s {
                push(&mut self.first_tokens, ttft, rules.samples);
            }
        } else {
            self.failures += 1;
            if outcome.timed_out {
                push(&mut self.latencies, TIMEOUT_LATENCY_S, rules.samples);
            }
        }
        self.compare(rules);
    }

    /// Take in how long attempts elsewhere took: seconds a token, and seconds to the first token of streams.
    pub fn learn(&mut self, latencies: &[f64], first_tokens: &[f64], rules: &LatencyRules) {
        latencies.iter().for_each(|latency| push(&mut self.latencies, *latency, rules.samples));
        first_tokens.iter().for_each(|ttft| push(&mut self.first_tokens, *ttft, rules.samples));
        self.compare(rules);
    }

    fn compare(&mut self, rules: &LatencyRules) {
        self.latency_s = mean(&self.latencies);
        self.ttft_s = match rules.ttft_percentile {
            _ if self.first_tokens.is_empty() => self.latency_s,
            Some(share) => percentile(&self.first_tokens, share),
            None => mean(&self.first_tokens),
        };
    }

    pub fn forget_latencies(&mut self) {
        self.latencies.clear();
        self.first_tokens.clear();
        (self.latency_s, self.ttft_s) = (0.0, 0.0);
    }

    pub fn start_minute(&mut self) {
        (self.requests, self.tokens, self.successes, self.failures) = (0, 0, 0, 0);
    }

    pub fn stats(&self, now: f64) -> Stats {
        Stats {
            in_flight: self.in_flight,
            requests: self.requests,
            tokens: self.tokens,
            successes: self.successes,
            failures: self.failures,
            latency_s: self.latency_s,
            ttft_s: self.ttft_s,
            cooling_s: self.cooling_until.map_or(0.0, |until| until - now),
            healthy: self.healthy,
        }
    }
}

fn push(samples: &mut VecDeque<f64>, value: f64, most: usize) {
    while samples.len() >= most {
        samples.pop_front();
    }
    samples.push_back(value);
}

fn mean(samples: &VecDeque<f64>) -> f64 {
    if samples.is_empty() { 0.0 } else { samples.iter().sum::<f64>() / samples.len() as f64 }
}

fn percentile(samples: &VecDeque<f64>, share: f64) -> f64 {
    let mut sorted: Vec<f64> = samples.iter().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(index.saturating_sub(1)).copied().unwrap_or_default()
}
