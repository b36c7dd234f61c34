package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// Limits of a request.
const (
	maxBody  = 1 << 20 // bytes
	maxItems = 1000    // elements of its array
)

// itemProblem is an error as clients see it.
type itemProblem struct {
	Code    string `json:"code"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

// badItem blames a field.
func badItem(field, message string) *itemProblem {
	return &itemProblem{Code: "bad_request", Field: field, Message: message}
}

// readBody returns the body, or answers why there is none.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		service.Problem(w, http.StatusRequestEntityTooLarge, "too_large", "", fmt.Sprintf("a request has at most %d bytes", maxBody))
	case err != nil:
		service.Problem(w, http.StatusBadRequest, "bad_request", "", "the body did not arrive whole")
	}
	return body, err == nil
}

// elements takes apart a body that is one item, or an array of them. The problem
// is one of the whole body.
func elements(body []byte) (raws []json.RawMessage, single bool, problem *itemProblem) {
	body = bytes.TrimSpace(body)
	// A payload goes out as it came in, and no browser takes text that is not UTF-8.
	if !utf8.Valid(body) || !json.Valid(body) {
		return nil, false, badItem("", "the body is not JSON in UTF-8")
	}
	if body[0] != '[' {
		return []json.RawMessage{body}, true, nil
	}
	if err := json.Unmarshal(body, &raws); err != nil {
		return nil, false, badItem("", err.Error())
	}
	if len(raws) == 0 || len(raws) > maxItems {
		return nil, false, badItem("", fmt.Sprintf("an array has 1 to %d items", maxItems))
	}
	return raws, false, nil
}

// members takes apart an object whose members may have these names, exactly so,
// and each once: encoding/json would take others for them, and the last of two.
// Where names the object's own place, with a dot behind it.
func members(raw json.RawMessage, where string, names ...string) (map[string]json.RawMessage, *itemProblem) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if begin, err := decoder.Token(); err != nil || begin != json.Delim('{') {
		return nil, badItem(trimDot(where), "must be a JSON object")
	}
	found := make(map[string]json.RawMessage, len(names))
	for decoder.More() {
		token, err := decoder.Token()
		name, isText := token.(string)
		if err != nil || !isText {
			return nil, badItem(trimDot(where), "must be a JSON object")
		}
		if !slices.Contains(names, name) {
			return nil, badItem(where+clip(name), "is not known here")
		}
		if _, twice := found[name]; twice {
			return nil, badItem(where+name, "is there twice, and may be there once")
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, badItem(where+name, "is not JSON")
		}
		found[name] = value
	}
	return found, nil
}

func trimDot(where string) string { return strings.TrimSuffix(where, ".") }

// maxNamed is how many bytes of an unknown name an answer repeats.
const maxNamed = 64

// clip shortens a name that is repeated in an answer.
func clip(name string) string {
	if len(name) <= maxNamed {
		return name
	}
	return strings.ToValidUTF8(name[:maxNamed], "") + "…"
}

// writeAnswer answers with JSON.
func writeAnswer(w http.ResponseWriter, status int, answer []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(answer) // the client has gone: nobody to tell
}
