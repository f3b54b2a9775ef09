//! The one background runtime, made anew in a process that was forked.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Builder, Runtime};

/// A request passes through one thread on its way; more of them only wake each other, for one moves more bytes than any
/// interpreter takes.
const THREADS: usize = 1;

struct Owned {
    pid: u32,
    runtime: Arc<Runtime>,
}

static CURRENT: Mutex<Option<Owned>> = Mutex::new(None);

/// This process's runtime and its process id. A forked child inherits the memory but none of the threads of its
/// parent's runtime, so that one is forgotten, never dropped.
pub(super) fn current() -> std::io::Result<(u32, Arc<Runtime>)> {
    let pid = std::process::id();
    let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(owned) = current.as_ref()
        && owned.pid == pid
    {
        return Ok((pid, owned.runtime.clone()));
    }
    let runtime =
        Arc::new(Builder::new_multi_thread().worker_threads(THREADS).thread_name("litellm-rust").enable_all().build()?);
    if let Some(inherited) = current.replace(Owned { pid, runtime: runtime.clone() }) {
        std::mem::forget(inherited);
    }
    Ok((pid, runtime))
}
