//! The listener, and what its connections share.

use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use super::admission::Tables;
use super::channel::{Channel, Given};
use super::connection;
use super::outbox::Outbox;
use super::plan::Plans;
use crate::transport::Pool;

/// After an error of `accept`, such as too many open files.
const PAUSE: Duration = Duration::from_millis(50);

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bytes of a body that is read here; longer ones are Python's.
    pub max_body: usize,
    pub keep_alive: Duration,
    /// Between two pieces that a client takes.
    pub write_limit: Duration,
    /// Headers, in lower case, that only Python understands.
    pub handed: Vec<String>,
    pub threads: usize,
}

/// What all connections use.
pub struct Shared {
    pub settings: Settings,
    pub plans: Plans,
    pub tables: Arc<Tables>,
    pub pool: Pool,
    pub outbox: Outbox,
    drain: watch::Sender<bool>,
    in_flight: AtomicUsize,
}

/// Counts a request as under way for as long as it lives.
pub struct Served<'a>(&'a AtomicUsize);

impl Drop for Served<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Shared {
    pub fn new(settings: Settings, tables: Arc<Tables>, pool: Pool, outbox: Outbox) -> Self {
        let drain = watch::Sender::new(false);
        Self { settings, plans: Plans::default(), tables, pool, outbox, drain, in_flight: AtomicUsize::new(0) }
    }

    pub fn is_draining(&self) -> bool {
        *self.drain.borrow()
    }

    /// Wait until the server stops taking requests.
    pub async fn draining(&self) {
        // The sender lives as long as `self`.
        let _ = self.drain.subscribe().wait_for(|draining| *draining).await;
    }

    pub fn served(&self) -> Served<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        Served(&self.in_flight)
    }

    /// Requests that are being answered here.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }
}

/// A running server.
pub struct Server {
    pub shared: Arc<Shared>,
    runtime: Runtime,
}

impl Server {
    /// Take sockets of `channel`. Fails when no threads can be started.
    pub fn start(shared: Shared, channel: UnixStream) -> std::io::Result<Self> {
        let threads = shared.settings.threads.max(1);
        let runtime =
            Builder::new_multi_thread().worker_threads(threads).thread_name("litellm-gateway").enable_all().build()?;
        let shared = Arc::new(shared);
        let channel = {
            let _entered = runtime.enter();
            Channel::new(channel)?
        };
        runtime.spawn(take(shared.clone(), channel));
        Ok(Self { shared, runtime })
    }

    /// Accept no more, and close connections that wait for a request.
    pub fn drain(&self) {
        self.shared.drain.send_replace(true);
    }

    /// End all threads, and with them what is still under way.
    pub fn stop(self, limit: Duration) {
        self.runtime.shutdown_timeout(limit);
    }
}

/// Serve what Python gives.
async fn take(shared: Arc<Shared>, channel: Channel) {
    while let Ok(Some(given)) = channel.next().await {
        // A socket that is none any more is nobody's loss.
        let _ = serve(&shared, given);
    }
}

fn serve(shared: &Arc<Shared>, given: Given) -> std::io::Result<()> {
    match given {
        Given::Listener(listener) => {
            listener.set_nonblocking(true)?;
            tokio::spawn(accept(shared.clone(), tokio::net::TcpListener::from_std(listener)?));
        }
        Given::Connection(stream) => {
            stream.set_nonblocking(true)?;
            let ip = unmapped(stream.peer_addr()?.ip());
            tokio::spawn(connection::serve(shared.clone(), tokio::net::TcpStream::from_std(stream)?, ip));
        }
    }
    Ok(())
}

async fn accept(shared: Arc<Shared>, listener: tokio::net::TcpListener) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shared.draining() => return,
        };
        match accepted {
            Ok((stream, address)) => {
                tokio::spawn(connection::serve(shared.clone(), stream, unmapped(address.ip())));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// An IPv4 address that comes as one of IPv6.
fn unmapped(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(ip, |four: Ipv4Addr| four.into()),
        IpAddr::V4(_) => ip,
    }
}
