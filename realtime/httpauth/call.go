package httpauth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/familygifting/tidings/internal/localnet"
)

// idleTimeout is how long an idle connection is kept.
const idleTimeout = 30 * time.Second

// backend is the server that decides.
type backend struct {
	url    string
	secret string
	client *http.Client
}

// newBackend returns the backend of valid options.
func newBackend(opts Options) *backend {
	transport := opts.transport
	if transport == nil {
		transport = newTransport(opts)
	}
	return &backend{url: opts.URL, secret: opts.Secret, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func newTransport(opts Options) *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: opts.Timeout, ControlContext: onlyNear(opts)}).DialContext,
		ForceAttemptHTTP2:      true,
		MaxConnsPerHost:        opts.MaxCalls,
		MaxIdleConnsPerHost:    opts.MaxCalls,
		IdleConnTimeout:        idleTimeout,
		TLSHandshakeTimeout:    opts.Timeout,
		MaxResponseHeaderBytes: maxAnswerHeader,
		DisableCompression:     true, // the limit is for the size on the wire
		// No proxy from the environment: it would see the secret of an http URL.
	}
}

// onlyNear keeps an http URL within the private network.
func onlyNear(opts Options) func(context.Context, string, string, syscall.RawConn) error {
	if u, _ := url.Parse(opts.URL); u.Scheme == "https" {
		return nil
	}
	return localnet.OnlyNear(opts.PrivateHTTP)
}

// call sends a request, and waits for the answer until ctx ends.
func (b *backend) call(ctx context.Context, q request) (decision, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return decision{}, failed(BadAnswer, "writing the request: %v", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url, bytes.NewReader(body))
	if err != nil {
		return decision{}, failed(Unreachable, "%v", cause(err))
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header["Idempotency-Key"] = []string{} // not sent; it lets net/http retry on a closed connection
	if b.secret != "" {
		r.Header.Set("Authorization", "Bearer "+b.secret)
	}
	response, err := b.client.Do(r)
	if err != nil {
		return decision{}, unreached(err)
	}
	defer func() { _ = response.Body.Close() }() // it was read as far as needed
	text, err := readAnswer(response)
	if err != nil {
		return decision{}, err
	}
	return parseDecision(text, q)
}

// readAnswer checks the answer's status, type and size, and returns its body.
func readAnswer(response *http.Response) ([]byte, error) {
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")) // a malformed type is another type
	switch status := response.StatusCode; {
	case status >= 300 && status < 400:
		return nil, failed(Redirect, "the status is %d, and redirects are not followed: set the URL that answers", status)
	case status != http.StatusOK:
		return nil, failed(BadStatus, `the status is %d: answer 200 with {"allowed":true} or {"allowed":false}`, status)
	case kind != "application/json":
		return nil, failed(BadType, "the content type is %.64q: answer with application/json", response.Header.Get("Content-Type"))
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, MaxAnswer+1))
	switch {
	case err != nil:
		return nil, unreached(err)
	case len(text) > MaxAnswer:
		return nil, failed(TooLarge, "the answer has more than %d bytes", MaxAnswer)
	}
	return text, nil
}

// unreached distinguishes a timeout from a failed connection.
func unreached(err error) *failure {
	var late net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &late) && late.Timeout() {
		return failed(Timeout, "no answer came in time")
	}
	return failed(Unreachable, "%v", cause(err))
}

// cause returns the error without the URL, which may hold secrets.
func cause(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

// shown returns the URL as it may be logged.
func shown(text string) string {
	text, _, _ = strings.Cut(text, "?")
	return text
}
