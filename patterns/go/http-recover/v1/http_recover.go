// Package recovery keeps a panic in one HTTP handler from going unanswered.
package recovery

import (
	"net/http"
	"runtime/debug"
)

// Recover turns a panic of next into a 500 response and a call of report.
//
// If the response has begun, its status cannot be changed any more: then the
// connection is cut, so that the client does not take half an answer for a whole.
func Recover(next http.Handler, report func(r *http.Request, panicked any, stack []byte)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tracked := &tracker{ResponseWriter: w}
		defer func() {
			panicked := recover()
			if panicked == nil {
				return
			}
			if panicked == http.ErrAbortHandler { // the handler asked for the cut
				panic(panicked)
			}
			report(r, panicked, debug.Stack())
			if tracked.begun {
				panic(http.ErrAbortHandler)
			}
			w.Header().Del("Content-Length")   // these described the answer that
			w.Header().Del("Content-Encoding") // the handler did not get to write
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		}()
		next.ServeHTTP(tracked, r)
	})
}

// tracker notes whether the response has begun.
type tracker struct {
	http.ResponseWriter
	begun bool
}

func (t *tracker) WriteHeader(status int) {
	informational := status < 200 && status != http.StatusSwitchingProtocols
	t.begun = t.begun || !informational
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracker) Write(p []byte) (int, error) {
	t.begun = true
	return t.ResponseWriter.Write(p)
}

// Flush keeps streaming responses streaming.
func (t *tracker) Flush() {
	if flusher, ok := t.ResponseWriter.(http.Flusher); ok {
		t.begun = true
		flusher.Flush()
	}
}

// Unwrap lets http.ResponseController (Go 1.20) reach the original.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }
