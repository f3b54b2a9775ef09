//! The members of a group that a request may use, in tiers by `order`, indexed for the strategies in use.

use super::Strategy;
use super::deployment::{Deployment, LatencyRules};
use super::rng::Rng;
use super::tree::{Rank, RankTree, Shares, SumTree};

/// What a tier is indexed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Busy,
    Latency,
    FirstToken,
    Cost,
    Tokens,
    Utilisation,
}

impl Order {
    const COUNT: usize = 6;

    fn rank(self, deployment: &Deployment, ignore_health: bool) -> Rank {
        if !deployment.available(ignore_health) {
            return Rank::NEVER;
        }
        let key = match self {
            Order::Busy => return Rank { key: deployment.in_flight as f64, room: f64::INFINITY },
            Order::Latency => deployment.latency_s,
            Order::FirstToken => deployment.ttft_s,
            Order::Cost => deployment.cost(),
            Order::Tokens => deployment.tokens as f64,
            Order::Utilisation => deployment.utilisation(),
        };
        let room = deployment.room();
        if room < 0.0 { Rank::NEVER } else { Rank { key, room } }
    }
}

fn shares(deployment: &Deployment, ignore_health: bool) -> Shares {
    if !deployment.available(ignore_health) {
        return [0.0; 4];
    }
    let config = &deployment.config;
    [config.weight.unwrap_or(0.0), config.rpm.unwrap_or(0.0), config.tpm.unwrap_or(0.0), 1.0]
}

/// One pick on a view.
pub struct Draw<'a> {
    pub strategy: Strategy,
    pub stream: bool,
    pub tokens: u64,
    pub excluded: &'a [usize],
    pub rules: &'a LatencyRules,
    pub ignore_health: bool,
}

impl Draw<'_> {
    /// The index to search, and whether ties are drawn (the first wins otherwise, as upstream has it).
    fn order(&self) -> Option<(Order, bool)> {
        match self.strategy {
            Strategy::SimpleShuffle => None,
            Strategy::LeastBusy => Some((Order::Busy, false)),
            Strategy::Latency if self.stream => Some((Order::FirstToken, true)),
            Strategy::Latency => Some((Order::Latency, true)),
            Strategy::Cost => Some((Order::Cost, false)),
            Strategy::Usage => Some((Order::Tokens, false)),
            Strategy::UsageV2 => Some((Order::Tokens, true)),
            Strategy::RateLimitAware => Some((Order::Utilisation, true)),
        }
    }
}

#[derive(Debug)]
struct Tier {
    order: i64,
    members: Vec<usize>,
    shares: Option<SumTree>,
    ranks: [Option<(Order, RankTree)>; Order::COUNT],
}

#[derive(Debug)]
pub struct View {
    tiers: Vec<Tier>,
    /// Tier and place in it by the number of the deployment in its group.
    places: Vec<Option<(u32, u32)>>,
}

impl View {
    /// The view of `members`, numbers of `deployments` in ascending order.
    pub fn new(deployments: &[Deployment], members: impl Iterator<Item = usize>) -> Self {
        let mut tiers: Vec<Tier> = Vec::new();
        let mut ordered: Vec<(i64, usize)> = members
            .filter_map(|number| Some((deployments.get(number)?.config.order.unwrap_or(i64::MAX), number)))
            .collect();
        ordered.sort_unstable();
        let mut places = vec![None; deployments.len()];
        for (order, number) in ordered {
            if tiers.last().is_none_or(|tier| tier.order != order) {
                tiers.push(Tier { order, members: Vec::new(), shares: None, ranks: Default::default() });
            }
            let tier_number = tiers.len() - 1;
            if let (Some(tier), Some(place)) = (tiers.last_mut(), places.get_mut(number)) {
                *place = Some((tier_number as u32, tier.members.len() as u32));
                tier.members.push(number);
            }
        }
        Self { tiers, places }
    }

    /// Take in that `number` changed.
    pub fn refresh(&mut self, number: usize, deployment: &Deployment, ignore_health: bool) {
        self.update(number, |order| order.rank(deployment, ignore_health), shares(deployment, ignore_health));
    }

    /// The number of the deployment picked, from the lowest order that has one.
    pub fn pick(&mut self, deployments: &[Deployment], draw: &Draw, rng: &mut Rng) -> Option<usize> {
        let indexed = draw.order();
        self.tiers.iter_mut().for_each(|tier| tier.index(deployments, indexed.map(|(order, _)| order), draw));
        for number in draw.excluded {
            self.update(*number, |_| Rank::NEVER, [0.0; 4]);
        }
        let picked = self.tiers.iter().find_map(|tier| tier.pick(indexed, draw, rng));
        for number in draw.excluded {
            if let Some(deployment) = deployments.get(*number) {
                self.refresh(*number, deployment, draw.ignore_health);
            }
        }
        picked
    }

    fn update(&mut self, number: usize, rank: impl Fn(Order) -> Rank, shares: Shares) {
        let Some(Some((tier, place))) = self.places.get(number).copied() else { return };
        let Some(tier) = self.tiers.get_mut(tier as usize) else { return };
        if let Some(tree) = &mut tier.shares {
            tree.set(place as usize, shares);
        }
        for (order, tree) in tier.ranks.iter_mut().flatten() {
            tree.set(place as usize, rank(*order));
        }
    }
}

impl Tier {
    /// Build the tree that this strategy needs, the first time it is used.
    fn index(&mut self, deployments: &[Deployment], order: Option<Order>, draw: &Draw) {
        let members = self.members.iter().map(|number| deployments.get(*number));
        match order {
            None if self.shares.is_none() => {
                let leaf = |member: Option<&Deployment>| member.map_or([0.0; 4], |d| shares(d, draw.ignore_health));
                self.shares = Some(SumTree::new(members.map(leaf)));
            }
            Some(order) => {
                if let Some(slot @ None) = self.ranks.get_mut(order as usize) {
                    let leaf = |member: Option<&Deployment>| {
                        member.map_or(Rank::NEVER, |deployment| order.rank(deployment, draw.ignore_health))
                    };
                    *slot = Some((order, RankTree::new(members.map(leaf))));
                }
            }
            None => {}
        }
    }

    fn pick(&self, indexed: Option<(Order, bool)>, draw: &Draw, rng: &mut Rng) -> Option<usize> {
        let place = match indexed {
            None => self.shares.as_ref()?.draw(rng)?,
            Some((order, ties_drawn)) => {
                let (_, tree) = self.ranks.get(order as usize)?.as_ref()?;
                let tokens = draw.tokens as f64;
                let exact = ties_drawn && (draw.strategy != Strategy::Latency || draw.rules.buffer == 0.0);
                if let Some(place) = exact.then(|| tree.draw_lowest(tokens, rng)).flatten() {
                    return self.members.get(place).copied();
                }
                let (first, key) = tree.lowest(tokens)?;
                match (ties_drawn, draw.strategy) {
                    (false, _) => first,
                    (true, Strategy::Latency) => tree.draw(tokens, key + key * draw.rules.buffer, rng)?,
                    (true, _) => tree.draw(tokens, key, rng)?,
                }
            }
        };
        self.members.get(place).copied()
    }
}
