use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

type Job = Box<dyn FnOnce() + Send + 'static>;

/// A fixed number of threads that work off a bounded queue.
///
/// A full queue makes [`execute`](Self::execute) wait, so producers cannot outrun
/// the workers and fill the memory. A job that panics does not take its thread
/// along. Dropping the pool finishes all queued jobs first.
///
/// A job must not wait for a place in the queue of its own pool: once every worker
/// does, none is left to make room.
#[derive(Debug)]
pub struct WorkerPool {
    queue: Option<SyncSender<Job>>, // None once the pool shuts down
    workers: Vec<JoinHandle<()>>,
}

impl WorkerPool {
    /// Starts `threads` workers; up to `capacity` jobs wait for one of them.
    ///
    /// # Panics
    ///
    /// If the system cannot start a thread.
    pub fn new(threads: NonZeroUsize, capacity: usize) -> Self {
        let (queue, jobs) = mpsc::sync_channel(capacity);
        let jobs = Arc::new(Mutex::new(jobs));
        let start = |_| {
            let jobs = Arc::clone(&jobs);
            thread::spawn(move || work(&jobs))
        };
        Self {
            queue: Some(queue),
            workers: (0..threads.get()).map(start).collect(),
        }
    }

    /// Queues a job, and waits for a place if the queue is full.
    pub fn execute(&self, job: impl FnOnce() + Send + 'static) {
        if let Some(queue) = &self.queue {
            // It fails only when all workers are gone, and they outlive the queue.
            let _ = queue.send(Box::new(job));
        }
    }

    /// Queues a job if there is a place, and says whether there was.
    #[must_use = "a job that found no place is not run"]
    pub fn try_execute(&self, job: impl FnOnce() + Send + 'static) -> bool {
        let sent = self.queue.as_ref().map(|q| q.try_send(Box::new(job)));
        matches!(sent, Some(Ok(())))
    }
}

impl Drop for WorkerPool {
    fn drop(&mut self) {
        self.queue = None; // closes the channel: workers end when it is empty
        for worker in self.workers.drain(..) {
            // The last owner may be a job, which cannot wait for its own thread.
            if worker.thread().id() != thread::current().id() {
                let _ = worker.join();
            }
        }
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        // A statement of its own: the lock must be released before the job runs.
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // The panic hook has reported it; the worker goes on with the next job.
        let _ = panic::catch_unwind(AssertUnwindSafe(job));
    }
}
