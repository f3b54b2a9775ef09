//! A model group: its deployments, the views on them, and what the clock changes by itself.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap, HashSet};

use super::Strategy;
use super::deployment::{Deployment, LatencyRules, Outcome};
use super::rng::Rng;
use super::view::{Draw, View};

/// Views kept for a group; beyond that all are built anew when needed.
const MOST_VIEWS: usize = 32;
/// The tag of the deployments that serve requests whose tags match none.
const DEFAULT_TAG: &str = "default";

/// What a request asks of a pick.
#[derive(Clone, Debug, Default)]
pub struct Request<'a, Id = &'a str> {
    /// Tokens that must fit in the `tpm` of the minute, for the strategies that keep to limits.
    pub tokens: u64,
    /// Deployments not to use.
    pub exclude: Vec<Id>,
    /// If given, only these deployments.
    pub among: Option<Vec<Id>>,
    /// If given, tag filtering is on; without tags, deployments tagged `default` come first.
    pub tags: Option<Vec<&'a str>>,
    /// One common tag is enough; otherwise the deployment needs all of the request's.
    pub match_any: bool,
    /// Compare times to first token.
    pub stream: bool,
}

#[derive(Clone, Copy, PartialEq)]
struct Time(f64);

impl Eq for Time {}
impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Time {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Filter {
    All,
    Tags { tags: Vec<String>, match_any: bool },
}

#[derive(Default)]
pub struct Group {
    pub deployments: Vec<Deployment>,
    views: HashMap<Filter, View>,
    cooldowns: BinaryHeap<(Reverse<Time>, usize)>,
    minute: i64,
    /// Deployments with counts in the running minute.
    touched: Vec<usize>,
    unhealthy: usize,
    /// Every tag of a deployment.
    tags: HashSet<String>,
    latencies_at: f64,
}

impl Group {
    pub fn add(&mut self, deployment: Deployment) -> usize {
        self.tags.extend(deployment.config.tags.iter().cloned());
        self.deployments.push(deployment);
        self.views.clear();
        self.deployments.len() - 1
    }

    /// Remove a deployment; those behind it move up by one.
    pub fn remove(&mut self, number: usize) {
        if number < self.deployments.len() {
            self.deployments.remove(number);
            self.rebuild();
        }
    }

    /// Forget everything derived from the deployments, after they or their configuration changed.
    pub fn rebuild(&mut self) {
        self.views.clear();
        self.unhealthy = self.deployments.iter().filter(|deployment| !deployment.healthy).count();
        self.tags = self.deployments.iter().flat_map(|deployment| deployment.config.tags.iter().cloned()).collect();
        self.touched = (0..self.deployments.len()).collect();
        let cooling = self.deployments.iter().enumerate();
        self.cooldowns = cooling.filter_map(|(number, d)| Some((Reverse(Time(d.cooling_until?)), number))).collect();
    }

    /// Bring the state up to `now`: cooldowns that ended, a minute that began.
    pub fn advance(&mut self, now: f64) {
        let minute = (now / 60.0).floor() as i64;
        if minute != self.minute {
            self.minute = minute;
            for number in std::mem::take(&mut self.touched) {
                self.change(number, Deployment::start_minute);
            }
        }
        while let Some((Reverse(Time(until)), number)) = self.cooldowns.peek().copied() {
            if until > now {
                break;
            }
            self.cooldowns.pop();
            // A deployment cooled down again meanwhile has a later entry.
            if self.deployments.get(number).is_some_and(|d| d.cooling_until == Some(until)) {
                self.change(number, |deployment| deployment.cooling_until = None);
            }
        }
    }

    /// Pick a deployment: its number, or None when none may be used. `advance` first.
    pub fn pick(
        &mut self,
        strategy: Strategy,
        request: &Request<'_, usize>,
        rules: &LatencyRules,
        now: f64,
        rng: &mut Rng,
    ) -> Option<usize> {
        if strategy == Strategy::Latency && now - self.latencies_at > rules.ttl_s {
            self.deployments.iter_mut().for_each(Deployment::forget_latencies);
            (self.latencies_at, self.views) = (now, HashMap::new());
        }
        let draw = Draw {
            strategy,
            stream: request.stream,
            // An answer has a token at least, so none fits in a limit that is used up.
            tokens: request.tokens.max(1),
            excluded: &request.exclude,
            rules,
            ignore_health: self.ignore_health(),
        };
        let untagged = request.tags.as_ref().is_some_and(Vec::is_empty);
        if let Some(among) = &request.among {
            let mut allowed = among.clone();
            allowed.sort_unstable();
            allowed.dedup();
            let filter = request.tags.as_ref().map_or(Filter::All, |tags| self.filter(tags, request.match_any));
            let mut pick = |filter: &Filter| {
                let admitted = |number: &usize| self.deployments.get(*number).is_some_and(|d| filter.admits(d));
                View::new(&self.deployments, allowed.iter().copied().filter(admitted)).pick(
                    &self.deployments,
                    &draw,
                    rng,
                )
            };
            let picked = pick(&filter);
            return if picked.is_none() && untagged { pick(&Filter::All) } else { picked };
        }
        let filter = request.tags.as_ref().map_or(Filter::All, |tags| self.filter(tags, request.match_any));
        let picked = self.pick_in(filter, &draw, rng);
        if picked.is_none() && untagged { self.pick_in(Filter::All, &draw, rng) } else { picked }
    }

    /// Count an attempt as begun.
    pub fn reserve(&mut self, number: usize) {
        self.touch(number);
        self.change(number, |deployment| {
            deployment.in_flight += 1;
            deployment.requests += 1;
        });
    }

    /// Bring the minute's counts up to what is known to be used, here and elsewhere.
    pub fn raise_usage(&mut self, number: usize, requests: u64, tokens: u64) {
        self.touch(number);
        self.change(number, |deployment| {
            deployment.requests = deployment.requests.max(requests);
            deployment.tokens = deployment.tokens.max(tokens);
        });
    }

    /// Count an attempt as over, without an outcome.
    pub fn release(&mut self, number: usize) {
        self.change(number, |deployment| deployment.in_flight = deployment.in_flight.saturating_sub(1));
    }

    /// Count an attempt as over.
    pub fn report(&mut self, number: usize, outcome: &Outcome, rules: &LatencyRules, now: f64) {
        self.touch(number);
        self.latencies_at = now;
        self.change(number, |deployment| {
            deployment.in_flight = deployment.in_flight.saturating_sub(1);
            deployment.record(outcome, rules);
        });
    }

    /// Take in how long attempts elsewhere took.
    pub fn learn(&mut self, number: usize, latencies: &[f64], first_tokens: &[f64], rules: &LatencyRules, now: f64) {
        self.latencies_at = now;
        self.change(number, |deployment| deployment.learn(latencies, first_tokens, rules));
    }

    pub fn cool_down(&mut self, number: usize, until: f64) {
        self.cooldowns.push((Reverse(Time(until)), number));
        self.change(number, |deployment| deployment.cooling_until = Some(until));
    }

    pub fn set_healthy(&mut self, number: usize, healthy: bool) {
        let ignored = self.ignore_health();
        let was = self.deployments.get(number).is_some_and(|deployment| deployment.healthy);
        self.unhealthy = self.unhealthy + usize::from(was) - usize::from(healthy);
        self.change(number, |deployment| deployment.healthy = healthy);
        if ignored != self.ignore_health() {
            self.views.clear();
        }
    }

    /// Health says nothing when it rules out everything, as upstream has it.
    fn ignore_health(&self) -> bool {
        self.unhealthy == self.deployments.len()
    }

    fn change(&mut self, number: usize, change: impl FnOnce(&mut Deployment)) {
        let ignore_health = self.ignore_health();
        if let Some(deployment) = self.deployments.get_mut(number) {
            change(deployment);
            for view in self.views.values_mut() {
                view.refresh(number, deployment, ignore_health);
            }
        }
    }

    fn touch(&mut self, number: usize) {
        let counted = |d: &Deployment| d.requests > 0 || d.tokens > 0 || d.successes > 0 || d.failures > 0;
        if self.deployments.get(number).is_some_and(|deployment| !counted(deployment)) {
            self.touched.push(number);
        }
    }

    /// Which deployments serve `tags`: those that match, else `default` ones when no deployment knows any of the tags.
    fn filter(&self, tags: &[&str], match_any: bool) -> Filter {
        let mut tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        tags.sort_unstable();
        tags.dedup();
        if tags.iter().any(|tag| self.tags.contains(tag)) {
            return Filter::Tags { tags, match_any };
        }
        Filter::Tags { tags: vec![DEFAULT_TAG.to_owned()], match_any }
    }

    fn pick_in(&mut self, filter: Filter, draw: &Draw, rng: &mut Rng) -> Option<usize> {
        if self.views.len() >= MOST_VIEWS && !self.views.contains_key(&filter) {
            self.views.clear();
        }
        let deployments = &self.deployments;
        let view = self.views.entry(filter).or_insert_with_key(|filter| {
            let numbered = deployments.iter().enumerate();
            View::new(deployments, numbered.filter(|(_, d)| filter.admits(d)).map(|(number, _)| number))
        });
        view.pick(deployments, draw, rng)
    }
}

impl Filter {
    fn admits(&self, deployment: &Deployment) -> bool {
        match self {
            Filter::All => true,
            Filter::Tags { tags, match_any: true } => tags.iter().any(|tag| deployment.config.tags.contains(tag)),
            Filter::Tags { tags, match_any: false } => tags.iter().all(|tag| deployment.config.tags.contains(tag)),
        }
    }
}
