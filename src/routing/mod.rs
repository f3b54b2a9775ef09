//! The deployments of a router and their state; one call picks one, another reports how it went.
//!
//! `Table` → groups (`group`) → views, the members that a request's tags allow (`view`) → one tier for each `order`
//! → one tree for each strategy in use (`tree`). A pick walks a tree; a change of state updates one leaf of each.

mod deployment;
mod group;
mod rng;
mod table;
mod tree;
mod view;

pub use deployment::{Config, LatencyRules, Outcome, Stats};
pub use group::Request;
pub use table::Table;

/// How a deployment is chosen, by LiteLLM's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    SimpleShuffle,
    LeastBusy,
    Latency,
    Cost,
    Usage,
    UsageV2,
    RateLimitAware,
}

impl Strategy {
    /// Every strategy with its `routing_strategy` name.
    pub const NAMES: [(&'static str, Strategy); 7] = [
        ("simple-shuffle", Strategy::SimpleShuffle),
        ("least-busy", Strategy::LeastBusy),
        ("latency-based-routing", Strategy::Latency),
        ("cost-based-routing", Strategy::Cost),
        ("usage-based-routing", Strategy::Usage),
        ("usage-based-routing-v2", Strategy::UsageV2),
        ("rate-limit-aware", Strategy::RateLimitAware),
    ];

    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, strategy)| *strategy)
    }
}

/// Why a call on the table was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    UnknownGroup(String),
    UnknownDeployment(String),
    DuplicateDeployment(String),
}

#[cfg(test)]
mod tests;
