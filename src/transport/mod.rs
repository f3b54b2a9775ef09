//! HTTP connections: reqwest pools on one background runtime, and the splitters that turn bytes into events.
//!
//! Nothing here knows Python. A request is driven by a task of the background runtime (`Exchange`), and whoever
//! waits for it is told by a [`Wake`] or blocks in [`Exchange::wait`]; or by the thread that waits (`LocalExchange`).
//! Tasks own plain bytes only, so an interpreter may end or fork at any time.

mod answer;
mod config;
mod error;
pub mod event_stream;
mod exchange;
mod local;
mod pool;
mod runtime;
pub mod sse;
mod upload;

pub use answer::{Answer, Head};
pub use config::{ClientCert, PoolConfig, Verify};
pub use error::{ErrorKind, TransportError};
pub use exchange::{Exchange, Progress, Wake};
pub use local::LocalExchange;
pub use pool::{Call, Pool, Timeouts};
pub use upload::Upload;
