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

// idleTimeout is how long a connection waits for its next question.
const idleTimeout = 30 * time.Second

// backend is where questions go.
type backend struct {
	url    string
	secret string
	client *http.Client
}

// newBackend returns the backend of options that were checked.
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
		DisableCompression:     true, // an answer is small, and its size is what is bounded
		// No proxy of the environment: it would get the secret of a plain URL.
	}
}

// onlyNear keeps a plain URL from leading out of the private network.
func onlyNear(opts Options) func(context.Context, string, string, syscall.RawConn) error {
	if u, _ := url.Parse(opts.URL); u.Scheme == "https" {
		return nil
	}
	return localnet.OnlyNear(opts.PrivateHTTP)
}

// ask sends a question, and waits for its answer until ctx ends.
func (b *backend) ask(ctx context.Context, q question) (verdict, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return verdict{}, failed(BadAnswer, "writing the question: %v", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url, bytes.NewReader(body))
	if err != nil {
		return verdict{}, failed(Unreachable, "%v", cause(err))
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header["Idempotency-Key"] = []string{} // not sent: it may be asked again where a kept connection has gone
	if b.secret != "" {
		r.Header.Set("Authorization", "Bearer "+b.secret)
	}
	response, err := b.client.Do(r)
	if err != nil {
		return verdict{}, unreached(err)
	}
	defer func() { _ = response.Body.Close() }() // it was read as far as it counts
	text, err := readAnswer(response)
	if err != nil {
		return verdict{}, err
	}
	return parseVerdict(text, q)
}

// readAnswer returns the body of an answer whose form is right.
func readAnswer(response *http.Response) ([]byte, error) {
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")) // what is malformed is another type
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

// unreached tells an answer that is late from one that cannot come.
func unreached(err error) *failure {
	var late net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &late) && late.Timeout() {
		return failed(Timeout, "no answer came in time")
	}
	return failed(Unreachable, "%v", cause(err))
}

// cause is what is behind an error that repeats the URL, secrets and all.
func cause(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

// shown is the URL as it may be logged.
func shown(text string) string {
	text, _, _ = strings.Cut(text, "?")
	return text
}
