// Package middleware gives every HTTP request an id.
package middleware

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"regexp"
)

// Middleware wraps a handler in another.
type Middleware func(http.Handler) http.Handler

// Chain wraps h so that a request passes the layers in the order they are listed.
func Chain(h http.Handler, layers ...Middleware) http.Handler {
	for i := len(layers) - 1; i >= 0; i-- {
		h = layers[i](h)
	}
	return h
}

type requestIDKey struct{} // a type of its own: no other package can collide with it

// acceptableID keeps line breaks and megabytes of a client out of the logs.
var acceptableID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// RequestID puts an id into the context of every request: that of the
// X-Request-Id header if it is acceptable, or a random one. The response carries
// it in the same header.
func RequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !acceptableID.MatchString(id) {
			id = newID()
		}
		w.Header().Set("X-Request-Id", id) // now: after the first write it is too late
		ctx := context.WithValue(r.Context(), requestIDKey{}, id)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// RequestIDFrom returns the id that RequestID put into ctx, or "".
func RequestIDFrom(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

func newID() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // the system has no randomness left
	}
	return hex.EncodeToString(b[:])
}
