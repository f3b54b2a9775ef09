//! The one background runtime, made anew in a process that was forked.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Builder, Runtime};

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
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(1, 4));
    let runtime =
        Arc::new(Builder::new_multi_thread().worker_threads(threads).thread_name("litellm-rust").enable_all().build()?);
    if let Some(inherited) = current.replace(Owned { pid, runtime: runtime.clone() }) {
        std::mem::forget(inherited);
    }
    Ok((pid, runtime))
}
