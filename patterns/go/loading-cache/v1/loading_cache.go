// Package loadingcache remembers values that are slow to load, for a while.
package loadingcache

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Cache loads a value on first use and keeps it for a fixed time. Callers that
// ask for a key while it is being loaded share that one load. Errors are handed
// to those callers and not kept. It is safe for concurrent use.
type Cache[K comparable, V any] struct {
	load         func(context.Context, K) (V, error)
	ttl, timeout time.Duration

	mu        sync.Mutex
	entries   map[K]*entry[V]
	nextSweep time.Time
}

type entry[V any] struct {
	done    chan struct{} // closed once value and err are final
	value   V
	err     error
	expires time.Time // guarded by Cache.mu; zero while loading
}

// New returns a cache that keeps what load returns for ttl. One load may take up
// to timeout: it serves several callers, so it outlives the context of each.
func New[K comparable, V any](ttl, timeout time.Duration, load func(context.Context, K) (V, error)) *Cache[K, V] {
	return &Cache[K, V]{load: load, ttl: ttl, timeout: timeout, entries: make(map[K]*entry[V])}
}

// Get returns the value for key, and loads it first if need be. When ctx ends,
// Get returns at once and the load goes on for the others.
func (c *Cache[K, V]) Get(ctx context.Context, key K) (value V, err error) {
	e := c.find(key, time.Now())
	select {
	case <-e.done:
		return e.value, e.err
	case <-ctx.Done():
		return value, ctx.Err()
	}
}

// Forget makes the next Get load key anew, even if an older load is under way.
func (c *Cache[K, V]) Forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, key)
}

func (c *Cache[K, V]) find(key K, now time.Time) *entry[V] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.After(c.nextSweep) { // drop all that nobody asked for again, once per ttl
		c.nextSweep = now.Add(c.ttl)
		for k, e := range c.entries {
			if e.expired(now) {
				delete(c.entries, k)
			}
		}
	}
	if e, ok := c.entries[key]; ok && !e.expired(now) {
		return e
	}
	e := &entry[V]{done: make(chan struct{}), err: errors.New("loadingcache: load did not return")}
	c.entries[key] = e
	go c.fill(key, e)
	return e
}

func (c *Cache[K, V]) fill(key K, e *entry[V]) {
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	defer func() { // deferred, for a load that ends its goroutine
		c.mu.Lock()
		defer c.mu.Unlock()
		e.expires = time.Now().Add(c.ttl)
		if e.err != nil && c.entries[key] == e { // a newer load may have its place
			delete(c.entries, key)
		}
		close(e.done)
	}()
	e.value, e.err = c.load(ctx, key)
}

func (e *entry[V]) expired(now time.Time) bool { return !e.expires.IsZero() && !now.Before(e.expires) }
