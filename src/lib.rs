//! The hot paths of LiteLLM as a plain Rust library; `python` binds them as `litellm_rust._native`.

#[cfg(unix)]
pub mod gateway;
pub mod limits;
pub mod metrics;
pub mod routing;
pub mod tokens;
pub mod transport;

#[cfg(feature = "python")]
mod python;
