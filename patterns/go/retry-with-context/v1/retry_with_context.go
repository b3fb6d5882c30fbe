// Package retry repeats operations that fail for a passing reason.
package retry

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"time"
)

// Policy says how often to try, and how long to wait between two tries: a random
// time up to Base, then up to twice that, and so on, never above Max (0: no bound).
type Policy struct {
	Attempts int
	Base     time.Duration
	Max      time.Duration
}

type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// Permanent marks an error that trying again cannot cure, such as a bad request.
// It returns nil for nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

// Do calls op until it succeeds, fails for good, or the policy or ctx says stop.
//
// The error wraps the last one of op, so errors.Is and errors.As see it. A wait
// that would end after the deadline of ctx is not begun. op runs at least once,
// unless ctx is done already.
func Do(ctx context.Context, policy Policy, op func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ceiling := policy.Base
	for attempt := 1; ; attempt++ {
		err := op(ctx)
		if err == nil {
			return nil
		}
		var permanent *permanentError
		if errors.As(err, &permanent) {
			return err
		}
		if attempt >= policy.Attempts {
			return fmt.Errorf("gave up after %d attempts: %w", attempt, err)
		}
		if policy.Max > 0 && ceiling > policy.Max {
			ceiling = policy.Max
		}
		if stopped := wait(ctx, upTo(ceiling)); stopped != nil {
			return fmt.Errorf("stopped after %d attempts (%v): %w", attempt, stopped, err)
		}
		ceiling *= 2
	}
}

// wait returns nil after d, or why ctx does not allow to wait so long.
func wait(ctx context.Context, d time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() // both may be ready, and select chooses at random
	case <-ctx.Done():
		return ctx.Err()
	}
}

// upTo returns a random duration in [0, d]. The seed of a maphash is random in
// every process; the default source of math/rand is only since Go 1.20.
func upTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	random := new(maphash.Hash).Sum64()
	return time.Duration(random % (uint64(d) + 1))
}
