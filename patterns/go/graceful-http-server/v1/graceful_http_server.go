// Package httpserver runs an http.Server that stops without dropping requests.
package httpserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// ListenAndServe serves srv on srv.Addr until SIGINT or SIGTERM arrives, and
// then shuts down as Serve does. A second signal ends the process at once.
func ListenAndServe(srv *http.Server, grace time.Duration) error {
	ctx, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer restore()
	go func() {
		<-ctx.Done()
		restore() // from now on a signal has its default effect again
	}()

	addr := srv.Addr
	if addr == "" {
		addr = ":http"
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return Serve(ctx, srv, ln, grace)
}

// Serve serves srv on ln until ctx is done. It then stops accepting connections
// and gives requests in flight up to grace to finish; what is left is cut off.
//
// It returns nil after a clean stop, context.DeadlineExceeded (wrapped) if
// requests were cut off, and otherwise the error that made serving impossible.
// Requests do not inherit ctx, which would cancel them when the stop begins.
// Hijacked connections, such as WebSockets, are neither waited for nor closed:
// end them with srv.RegisterOnShutdown.
func Serve(ctx context.Context, srv *http.Server, ln net.Listener, grace time.Duration) error {
	served := make(chan error, 1) // buffered: the goroutine never waits for a reader
	go func() { served <- srv.Serve(ln) }()

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}

	// ctx is done already, so the stop needs a deadline of its own.
	stopCtx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := srv.Shutdown(stopCtx); err != nil {
		_ = srv.Close()
		<-served
		return fmt.Errorf("shut down within %v: %w", grace, err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
