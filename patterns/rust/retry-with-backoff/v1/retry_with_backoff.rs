use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::num::NonZeroU32;
use std::thread;
use std::time::Duration;

/// How often to try, and how long to wait between two tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    /// Tries in all, the first included.
    pub attempts: NonZeroU32,
    /// Upper bound of the first wait; it doubles with every further one.
    pub base: Duration,
    /// Upper bound of every wait.
    pub max: Duration,
}

impl Backoff {
    /// A random wait before retry number `retry` (0 is the first).
    ///
    /// Full jitter: clients that failed together do not come back together.
    pub fn delay(&self, retry: u32) -> Duration {
        let ceiling = self.base.saturating_mul(2_u32.saturating_pow(retry));
        ceiling.min(self.max).mul_f64(random_fraction())
    }
}

/// Calls `op` until it succeeds, fails for good, or the tries are used up.
///
/// Only errors for which `is_transient` returns true are tried again. Blocks the
/// thread while it waits; see [`retry_with`] for another way to wait.
///
/// # Errors
///
/// The last error of `op`.
pub fn retry<T, E>(
    backoff: &Backoff,
    is_transient: impl Fn(&E) -> bool,
    op: impl FnMut() -> Result<T, E>,
) -> Result<T, E> {
    retry_with(backoff, is_transient, op, thread::sleep)
}

/// Like [`retry`], with a `sleep` of your own: for tests, or to stop early.
pub fn retry_with<T, E>(
    backoff: &Backoff,
    is_transient: impl Fn(&E) -> bool,
    mut op: impl FnMut() -> Result<T, E>,
    mut sleep: impl FnMut(Duration),
) -> Result<T, E> {
    for retry in 0..backoff.attempts.get() - 1 {
        match op() {
            Err(error) if is_transient(&error) => sleep(backoff.delay(retry)),
            outcome => return outcome,
        }
    }
    op()
}

/// A number in `[0, 1)`. The standard library has no generator of random numbers,
/// but every `RandomState` has fresh keys.
fn random_fraction() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11; // 53 bits fit an f64
    bits as f64 / (1_u64 << 53) as f64
}
