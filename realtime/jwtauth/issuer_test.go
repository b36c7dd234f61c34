package jwtauth_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime/jwtauth"
)

// answers is a transport that gives one after the other, and then none.
type answers []string

var errAway = errors.New("the issuer is away")

func (a *answers) RoundTrip(*http.Request) (*http.Response, error) {
	if len(*a) == 0 {
		return nil, errAway
	}
	body := (*a)[0]
	*a = (*a)[1:]
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body))}, nil
}

const secretURL = "https://user:geheim@app.example.com/keys?key=geheim"

// A key set that is away at the start is told with its URL and without secrets.
func TestAKeySetThatIsAway(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, _, err := jwtauth.FetchKeys(ctx, secretURL, &answers{}, slog.New(slog.DiscardHandler))
	if !errors.Is(err, errAway) || !strings.Contains(err.Error(), "https://app.example.com/keys, which is not tried again") || strings.Contains(err.Error(), "geheim") {
		t.Errorf("FetchKeys: %v", err)
	}
	for _, where := range []string{strings.Replace(secretURL, "https", "http", 1), secretURL + "%\x01"} {
		if _, _, err := jwtauth.FetchKeys(ctx, where, &answers{}, slog.New(slog.DiscardHandler)); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("FetchKeys(%s): %v", where, err)
		}
	}
}

// Later on the keys that are known stay, and the log says so.
func TestAKeySetThatGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var logs bytes.Buffer
		_, _, err := jwtauth.FetchKeys(ctx, secretURL, &answers{`{"keys":[]}`}, slog.New(slog.NewTextHandler(&logs, nil)))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(jwtauth.JWKSRefresh)
		synctest.Wait()
		if said := logs.String(); !strings.Contains(said, "url=https://app.example.com/keys error=\"the issuer is away\"") || strings.Contains(said, "geheim") {
			t.Errorf("the log says %q", said)
		}
	})
}
