//! HTTP connections: reqwest pools on one background runtime, and the splitters that turn bytes into events.
//!
//! Nothing here knows Python. A request is driven by one task (`Exchange`); whoever waits for it is told by a
//! [`Wake`], or blocks in [`Exchange::wait`]. Tasks own plain bytes only, so an interpreter may end or fork at any time.

mod config;
mod error;
pub mod event_stream;
mod exchange;
mod pool;
mod runtime;
pub mod sse;

pub use config::{ClientCert, PoolConfig, Verify};
pub use error::{ErrorKind, TransportError};
pub use exchange::{Exchange, Head, Progress, Wake};
pub use pool::{Call, Pool, Timeouts, Upload};
