use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::num::NonZeroUsize;

/// A map that holds at most `capacity` entries and drops the least recently used.
///
/// Every operation takes O(log n). There is no unsafe code and no linked list: an
/// ordered map from the time of the last use to the key does the same work.
#[derive(Debug, Clone)]
pub struct LruCache<K, V> {
    capacity: NonZeroUsize,
    entries: HashMap<K, Entry<V>>,
    by_use: BTreeMap<u64, K>, // oldest first; holds each key of `entries` once
    clock: u64,
}

#[derive(Debug, Clone)]
struct Entry<V> {
    value: V,
    used: u64,
}

impl<K: Hash + Eq + Clone, V> LruCache<K, V> {
    /// An empty cache. Memory is taken as entries come, not in advance.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            capacity,
            entries: HashMap::new(),
            by_use: BTreeMap::new(),
            clock: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value for `key`, which becomes the most recently used.
    pub fn get<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let entry = self.entries.get_mut(key)?;
        if let Some(key) = self.by_use.remove(&entry.used) {
            self.clock += 1;
            entry.used = self.clock;
            self.by_use.insert(self.clock, key);
        }
        Some(&mut entry.value)
    }

    /// Stores `value`, and returns what had to go: the old entry of the same key,
    /// or the least recently used one if the cache was full.
    pub fn put(&mut self, key: K, value: V) -> Option<(K, V)> {
        let mut dropped = self.remove(&key);
        if self.len() == self.capacity.get() {
            dropped = self.pop_oldest();
        }
        self.clock += 1;
        let used = self.clock;
        self.by_use.insert(used, key.clone());
        self.entries.insert(key, Entry { value, used });
        dropped
    }

    /// Takes an entry out.
    pub fn remove<Q>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let (key, entry) = self.entries.remove_entry(key)?;
        self.by_use.remove(&entry.used);
        Some((key, entry.value))
    }

    /// Takes the least recently used entry out.
    pub fn pop_oldest(&mut self) -> Option<(K, V)> {
        let (_, key) = self.by_use.pop_first()?;
        self.entries.remove(&key).map(|entry| (key, entry.value))
    }
}
