//! Every deployment of a router, by group and by id. Times are seconds on the caller's clock.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::deployment::{Config, Deployment, LatencyRules, Outcome, Stats};
use super::group::{Group, Request};
use super::rng::Rng;
use super::{Error, Strategy};

pub struct Table {
    rules: LatencyRules,
    inner: Mutex<Inner>,
}

struct Inner {
    groups: Vec<Group>,
    by_name: HashMap<String, usize>,
    /// Group and number in it.
    by_id: HashMap<Arc<str>, (usize, usize)>,
    rng: Rng,
}

impl Inner {
    fn holding(&mut self, id: &str) -> Option<(&mut Group, usize)> {
        let (group, number) = self.by_id.get(id).copied()?;
        Some((self.groups.get_mut(group)?, number))
    }
}

impl Table {
    /// `seed` makes the draws repeatable; without one they differ between tables and processes.
    pub fn new(seed: Option<u64>, rules: LatencyRules) -> Self {
        let rng = seed.map_or_else(Rng::from_entropy, Rng::new);
        let inner = Inner { groups: Vec::new(), by_name: HashMap::new(), by_id: HashMap::new(), rng };
        Self { rules, inner: Mutex::new(inner) }
    }

    /// Take a deployment in; returns its place in its group.
    pub fn add(&self, group: &str, id: &str, config: Config) -> Result<usize, Error> {
        let mut guard = self.lock();
        let inner = &mut *guard;
        if inner.by_id.contains_key(id) {
            return Err(Error::DuplicateDeployment(id.to_owned()));
        }
        let index = *inner.by_name.entry(group.to_owned()).or_insert(inner.groups.len());
        if index == inner.groups.len() {
            inner.groups.push(Group::default());
        }
        let id: Arc<str> = id.into();
        let members = inner.groups.get_mut(index).ok_or_else(|| Error::UnknownGroup(group.to_owned()))?;
        let number = members.add(Deployment::new(Arc::clone(&id), config));
        inner.by_id.insert(id, (index, number));
        Ok(number)
    }

    /// Change what the configuration says of a deployment; its state stays.
    pub fn update(&self, id: &str, change: impl FnOnce(&mut Config)) -> Result<(), Error> {
        let mut inner = self.lock();
        let (group, number) = inner.holding(id).ok_or_else(|| Error::UnknownDeployment(id.to_owned()))?;
        if let Some(deployment) = group.deployments.get_mut(number) {
            change(&mut deployment.config);
        }
        group.rebuild();
        Ok(())
    }

    /// Forget a deployment; false when there is none of this id.
    pub fn remove(&self, id: &str) -> bool {
        let mut guard = self.lock();
        let inner = &mut *guard;
        let Some((index, number)) = inner.by_id.remove(id) else { return false };
        if let Some(group) = inner.groups.get_mut(index) {
            group.remove(number);
            for (number, deployment) in group.deployments.iter().enumerate().skip(number) {
                if let Some(place) = inner.by_id.get_mut(&deployment.id) {
                    *place = (index, number);
                }
            }
        }
        true
    }

    /// Pick a deployment of `group` and, with `reserve`, count an attempt on it as begun.
    pub fn pick(
        &self,
        group: &str,
        strategy: Strategy,
        request: &Request,
        reserve: bool,
        now: f64,
    ) -> Result<Option<Arc<str>>, Error> {
        let mut guard = self.lock();
        let Inner { groups, by_name, by_id, rng } = &mut *guard;
        let unknown = || Error::UnknownGroup(group.to_owned());
        let index = *by_name.get(group).ok_or_else(unknown)?;
        let group = groups.get_mut(index).ok_or_else(unknown)?;
        let numbers = |ids: &Vec<&str>| {
            let places = ids.iter().filter_map(|id| by_id.get(*id));
            places.filter(|(group, _)| *group == index).map(|(_, number)| *number).collect()
        };
        let request = Request {
            tokens: request.tokens,
            exclude: numbers(&request.exclude),
            among: request.among.as_ref().map(numbers),
            tags: request.tags.clone(),
            match_any: request.match_any,
            stream: request.stream,
        };
        group.advance(now);
        let picked = group.pick(strategy, &request, &self.rules, now, rng);
        let id = picked.and_then(|number| {
            if reserve {
                group.reserve(number);
            }
            group.deployments.get(number).map(|deployment| Arc::clone(&deployment.id))
        });
        Ok(id)
    }

    /// Count an attempt on a deployment chosen otherwise as begun.
    pub fn reserve(&self, id: &str, now: f64) -> bool {
        self.change(id, now, Group::reserve)
    }

    /// Say what the running minute has used of a deployment, here and elsewhere; what is counted here is never lowered.
    pub fn raise_usage(&self, id: &str, requests: u64, tokens: u64, now: f64) -> bool {
        self.change(id, now, |group, number| group.raise_usage(number, requests, tokens))
    }

    /// Count an attempt as over, with nothing learned from it. False when the deployment is gone.
    pub fn release(&self, id: &str) -> bool {
        self.lock().holding(id).map(|(group, number)| group.release(number)).is_some()
    }

    /// Count an attempt as over; the successes and failures of the minute, or None when the deployment is gone.
    pub fn report(&self, id: &str, outcome: &Outcome, now: f64) -> Option<(u64, u64)> {
        let mut inner = self.lock();
        let (group, number) = inner.holding(id)?;
        group.advance(now);
        group.report(number, outcome, &self.rules, now);
        group.deployments.get(number).map(|deployment| (deployment.successes, deployment.failures))
    }

    /// Take in how long attempts elsewhere took: seconds a token, and seconds to the first token. False when it is gone.
    pub fn learn(&self, id: &str, latencies: &[f64], first_tokens: &[f64], now: f64) -> bool {
        self.change(id, now, |group, number| group.learn(number, latencies, first_tokens, &self.rules, now))
    }

    /// Take a deployment out of use for `seconds`, counted anew from now; 0 ends its cooldown.
    pub fn cool_down(&self, id: &str, seconds: f64, now: f64) -> bool {
        self.change(id, now, |group, number| {
            group.cool_down(number, now + seconds);
            group.advance(now);
        })
    }

    /// The deployments that are cooling down, with the seconds left.
    pub fn cooling(&self, now: f64) -> Vec<(Arc<str>, f64)> {
        let mut inner = self.lock();
        let mut found = Vec::new();
        for group in &mut inner.groups {
            group.advance(now);
            let cooling = group.deployments.iter();
            found.extend(cooling.filter_map(|d| Some((Arc::clone(&d.id), d.cooling_until? - now))));
        }
        found
    }

    /// Say what a health check found.
    pub fn set_healthy(&self, id: &str, healthy: bool) -> bool {
        self.lock().holding(id).map(|(group, number)| group.set_healthy(number, healthy)).is_some()
    }

    pub fn stats(&self, id: &str, now: f64) -> Result<Stats, Error> {
        let mut inner = self.lock();
        let found = inner.holding(id).and_then(|(group, number)| {
            group.advance(now);
            group.deployments.get(number).map(|deployment| deployment.stats(now))
        });
        found.ok_or_else(|| Error::UnknownDeployment(id.to_owned()))
    }

    pub fn len(&self) -> usize {
        self.lock().by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// After `fork()`, in the child: nothing is in flight here, and the draws differ from the parent's.
    pub fn after_fork(&self) {
        let mut inner = self.lock();
        inner.rng = Rng::from_entropy();
        for group in &mut inner.groups {
            group.deployments.iter_mut().for_each(|deployment| deployment.in_flight = 0);
            group.rebuild();
        }
    }

    fn change(&self, id: &str, now: f64, change: impl FnOnce(&mut Group, usize)) -> bool {
        let mut inner = self.lock();
        let Some((group, number)) = inner.holding(id) else { return false };
        group.advance(now);
        change(group, number);
        true
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A poisoned table is a bug elsewhere; its counters are still better than none.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
