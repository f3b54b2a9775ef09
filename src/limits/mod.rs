//! Limits and budgets: `LimitTable` counts requests, tokens and parallel requests, `BudgetTable` counts money.

mod budget;
mod calendar;
mod reservations;
mod table;
mod window;

pub use budget::{BudgetError, BudgetStatus, BudgetTable, Refusal};
pub use calendar::Duration;
pub use table::{Decision, Few, Limit, LimitTable};
pub use window::MAX_WINDOW_S;

#[cfg(test)]
mod tests;
