//! The head as readers see it: read at any time, moved by the one writer, waited for by followers.

use crate::journal::Head;
use lotbook_chain::Position;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A head that can be waited for.
#[derive(Debug)]
pub(crate) struct HeadWatch {
    head: Mutex<Head>,
    moved: Condvar,
}

impl HeadWatch {
    pub(crate) fn new(head: Head) -> Self {
        Self { head: Mutex::new(head), moved: Condvar::new() }
    }

    pub(crate) fn get(&self) -> Head {
        *lock(&self.head)
    }

    pub(crate) fn set(&self, head: Head) {
        *lock(&self.head) = head;
        self.moved.notify_all();
    }

    pub(crate) fn wait_beyond(&self, position: Position, timeout: Duration) -> Head {
        let waited = self.moved.wait_timeout_while(lock(&self.head), timeout, |head| head.size <= position.0);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Locks state that is whole between any two statements, so a panic elsewhere cannot have torn it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
