//! The gateway's hot path without an interpreter: chat completions for keys and models that Python has compiled a plan
//! for.
//!
//! A connection is read here first. A request that a plan covers passes key, limits, budgets, routing and the provider
//! in this module; its end is in the journal before its answer, and Python draws the bill from the queue of events. For
//! everything else – other routes, unknown keys, refusals, failed attempts, bytes that are no plain request – the
//! connection itself goes to Python's server, with what was read of it, so that there is one reference for all that is
//! not the common case. Nothing here refuses a request.

mod admission;
mod asked;
mod body;
mod channel;
mod chat;
mod chunk;
mod connection;
mod ending;
mod head;
mod journal;
mod outbox;
mod plan;
mod reply;
mod seen;
mod server;
mod stream;
mod usage;

pub use admission::{Clock, Tables};
pub use journal::Journal;
pub use outbox::{Event, HandOver, Outbox, Outcome};
pub use plan::{Group, Guest, KeyPlan, Plans, Token};
pub use seen::{Keep, Seen};
pub use server::{Server, Settings, Shared};

#[cfg(test)]
mod tests;
