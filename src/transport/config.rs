//! How a pool connects.

use std::net::IpAddr;
use std::time::Duration;

use crate::transport::{ErrorKind, TransportError};

/// Which certificates a server may show.
#[derive(Clone, Debug)]
pub enum Verify {
    /// Those that the platform trusts.
    Platform,
    /// Those signed by one of these roots, PEM.
    Pem(Vec<u8>),
    /// Those signed by one of these roots, DER.
    Der(Vec<Vec<u8>>),
    /// Any.
    Off,
}

/// A client certificate: PEM of the chain and of the key.
#[derive(Clone, Debug)]
pub struct ClientCert {
    pub pem: Vec<u8>,
}

/// Everything a pool is made from. Times are seconds; `None` is without limit.
#[derive(Clone, Debug)]
pub struct PoolConfig {
    pub verify: Verify,
    pub client_cert: Option<ClientCert>,
    pub http1: bool,
    pub http2: bool,
    /// Requests under way at once, over all hosts.
    pub max_connections: Option<usize>,
    /// Requests under way at once to one host and port.
    pub max_connections_per_host: Option<usize>,
    pub max_keepalive: usize,
    pub keepalive_expiry: Option<f64>,
    pub connect_timeout: Option<f64>,
    /// One proxy for everything; otherwise the environment's when `trust_env`.
    pub proxy: Option<String>,
    pub trust_env: bool,
    pub local_address: Option<IpAddr>,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            verify: Verify::Platform,
            client_cert: None,
            http1: true,
            http2: false,
            max_connections: Some(100),
            max_connections_per_host: None,
            max_keepalive: 20,
            keepalive_expiry: Some(5.0),
            connect_timeout: Some(5.0),
            proxy: None,
            trust_env: true,
            local_address: None,
        }
    }
}

pub(super) fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value.max(0.0)).unwrap_or(Duration::MAX)
}

/// Whether `NO_PROXY` names all hosts, which reqwest does not know.
fn goes_direct() -> bool {
    let named = ["no_proxy", "NO_PROXY"].iter().find_map(|name| std::env::var(name).ok());
    named.is_some_and(|hosts| hosts.split(',').any(|host| host.trim() == "*"))
}

fn bad(what: &str, error: impl std::fmt::Display) -> TransportError {
    TransportError::new(ErrorKind::LocalProtocolError, format!("{what}: {error}"))
}

impl PoolConfig {
    /// A reqwest client as configured: no redirects, no cookies, no decompression, no headers of its own.
    pub(super) fn client(&self) -> Result<reqwest::Client, TransportError> {
        let _ = rustls::crypto::ring::default_provider().install_default(); // an error says that one is installed
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .tcp_nodelay(true)
            .pool_max_idle_per_host(self.max_keepalive)
            .pool_idle_timeout(self.keepalive_expiry.map(seconds))
            .local_address(self.local_address);
        if let Some(limit) = self.connect_timeout {
            builder = builder.connect_timeout(seconds(limit));
        }
        builder = match (self.http1, self.http2) {
            (false, true) => builder.http2_prior_knowledge(),
            (_, false) => builder.http1_only(),
            (true, true) => builder,
        };
        builder = match &self.verify {
            Verify::Platform => builder,
            Verify::Off => builder.tls_danger_accept_invalid_certs(true).tls_danger_accept_invalid_hostnames(true),
            Verify::Pem(pem) => builder.tls_certs_only(
                reqwest::Certificate::from_pem_bundle(pem)
                    .map_err(|error| bad("certificates to verify with", error))?,
            ),
            Verify::Der(ders) => {
                let roots: Result<Vec<_>, _> = ders.iter().map(|der| reqwest::Certificate::from_der(der)).collect();
                builder.tls_certs_only(roots.map_err(|error| bad("certificates to verify with", error))?)
            }
        };
        if let Some(cert) = &self.client_cert {
            let identity = reqwest::Identity::from_pem(&cert.pem).map_err(|error| bad("client certificate", error))?;
            builder = builder.identity(identity);
        }
        builder = match (&self.proxy, self.trust_env) {
            (Some(url), _) => {
                builder.no_proxy().proxy(reqwest::Proxy::all(url).map_err(|error| bad("proxy", error.without_url()))?)
            }
            (None, true) if !goes_direct() => builder,
            (None, _) => builder.no_proxy(),
        };
        builder.build().map_err(|error| bad("connection pool", error))
    }
}
