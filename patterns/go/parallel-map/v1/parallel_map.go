// Package parallel runs a function over many items at the same time.
package parallel

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Map calls fn for every item, on at most limit goroutines, and returns the
// results in the order of the items.
//
// The first error stops the rest: the context given to fn is cancelled and no
// further item is started. Map returns that error, after every call already
// made has returned, so no goroutine outlives it. When ctx ends before all
// items were started, the error is that of ctx. A panic in fn is raised again by
// Map itself, as text with its stack: there the caller can recover it.
func Map[T, R any](ctx context.Context, limit int, items []T, fn func(context.Context, T) (R, error)) ([]R, error) {
	if limit < 1 {
		return nil, fmt.Errorf("parallel: limit must be positive, not %d", limit)
	}
	if limit > len(items) {
		limit = len(items)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	var (
		results  = make([]R, len(items))
		next     atomic.Int64
		workers  sync.WaitGroup
		stopOnce sync.Once
		failure  error
		panicked string
	)
	stop := func(err error, panicText string) {
		stopOnce.Do(func() {
			failure, panicked = err, panicText
			cancel()
		})
	}
	work := func() {
		defer workers.Done()
		defer func() {
			if value := recover(); value != nil {
				stop(nil, fmt.Sprintf("%v\n\n%s", value, debug.Stack()))
			}
		}()
		for {
			i := int(next.Add(1)) - 1
			if i >= len(items) {
				return
			}
			err := ctx.Err() // before each start, so a cancelled run stops early
			if err == nil {
				results[i], err = fn(ctx, items[i])
			}
			if err != nil {
				stop(err, "")
				return
			}
		}
	}

	workers.Add(limit)
	for i := 0; i < limit; i++ {
		go work()
	}
	workers.Wait()
	if panicked != "" {
		panic(panicked)
	}
	if failure != nil {
		return nil, failure
	}
	return results, nil
}
