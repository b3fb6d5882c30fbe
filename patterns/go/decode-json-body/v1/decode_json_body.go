// Package jsonbody reads the JSON body of an HTTP request strictly.
package jsonbody

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// Error is a fault of the request; the message is fit for the client.
type Error struct {
	Status  int
	Message string
}

func (e *Error) Error() string { return e.Message }

// Decode reads exactly one JSON value of at most limit bytes from the body of r.
//
// It refuses what json.Decoder lets pass: unknown fields, null, and anything
// after the first value. Every refusal is an *Error with the status to answer:
// 400, 413 or 415. Any other error is one of the connection. As in encoding/json,
// field names match without regard to case, and of two equal ones the last counts.
func Decode[T any](w http.ResponseWriter, r *http.Request, limit int64) (value T, err error) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" && !strings.HasSuffix(mediaType, "+json") {
		return value, &Error{http.StatusUnsupportedMediaType, "the Content-Type must be application/json"}
	}
	// Unlike io.LimitReader this reports the excess, and ends the connection.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return value, &Error{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body must not exceed %d bytes", limit)}
	}
	if err != nil {
		return value, err
	}

	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	var decoded *T // a pointer, to tell null from an empty value
	if err := decoder.Decode(&decoded); err != nil {
		return value, &Error{http.StatusBadRequest, explain(err)}
	}
	if decoded == nil {
		return value, &Error{http.StatusBadRequest, "the body must not be null"}
	}
	if _, err := decoder.Token(); err != io.EOF {
		return value, &Error{http.StatusBadRequest, "the body must hold a single JSON value"}
	}
	return *decoded, nil
}

// explain words an error of encoding/json for somebody who does not see the Go types.
func explain(err error) string {
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return "the body must not be empty"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the JSON ends too early"
	case errors.As(err, &syntax):
		return fmt.Sprintf("malformed JSON at byte %d", syntax.Offset)
	case errors.As(err, &mismatch) && mismatch.Field != "":
		return fmt.Sprintf("field %q does not accept this %s", mismatch.Field, mismatch.Value)
	case errors.As(err, &mismatch):
		return "the body must not be of type " + mismatch.Value
	}
	return strings.TrimPrefix(err.Error(), "json: ") // an unknown field, or a type's own check
}
