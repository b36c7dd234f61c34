package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// newCertificate writes a certificate for 127.0.0.1 and its key, and returns what trusts it.
func newCertificate(t *testing.T, cert, key, name string) *x509.CertPool {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	chain := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	write(t, cert, string(chain))
	write(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(chain)
	return pool
}

// hello shakes hands over the client's transport, and returns the first message of a
// session that sends the token.
func hello(t *testing.T, url, token string, transport http.RoundTripper) (first string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, url+"/ws", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.CloseNow() }() // it was read as far as it counts
	if token != "" {
		if err := conn.Write(ctx, websocket.MessageText, []byte(`{"action":"auth","token":"`+token+`"}`)); err != nil {
			return "", err
		}
	}
	_, message, err := conn.Read(ctx)
	return string(message), err
}

// With a certificate the hub speaks TLS, sessions and all. A new one is taken on SIGHUP,
// and one that is wrong is not.
func TestTLSAndItsCertificateChange(t *testing.T) {
	folder := t.TempDir()
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	first := newCertificate(t, cert, key, "first")
	var logs lines
	plain, _ := startWithTokens(t, &logs, "--tls-cert-file="+cert, "--tls-key-file="+key)
	url := strings.Replace(plain, "http://", "https://", 1)
	if !logs.has("url=" + url) {
		t.Error("the log does not say where it listens")
	}
	trusts := func(pool *x509.CertPool) error {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}
		said, err := hello(t, url, token(t), transport)
		if err == nil && !strings.Contains(said, `"hello"`) {
			t.Errorf("got %s", said)
		}
		return err
	}
	if err := trusts(first); err != nil {
		t.Fatal(err)
	}
	second := newCertificate(t, cert, key, "second")
	if err := trusts(first); err != nil {
		t.Errorf("before SIGHUP: %v", err)
	}
	hangup(t, &logs, "read again: the certificate")
	if old, now := trusts(first), trusts(second); old == nil || now != nil {
		t.Errorf("the old certificate: %v, the new one: %v", old, now)
	}
	write(t, key, "nonsense")
	hangup(t, &logs, "not read again: the certificate")
	if err := trusts(second); err != nil {
		t.Errorf("after a key that is wrong: %v", err)
	}
	addr := strings.TrimPrefix(url, "https://")
	file := filepath.Join(folder, "tidings.yaml")
	write(t, file, "max-topics: 9\naddr: "+addr+"\ntls-cert-file: "+cert+"\n")
	for _, args := range [][]string{{"--addr=" + addr, "--tls-cert-file=" + cert}, {"--config=" + file}} {
		if code, _, errs := runCommand(t, append([]string{"healthcheck"}, args...)...); code != 0 {
			t.Errorf("healthcheck %q: %d %s", args, code, errs)
		}
	}
	if code, _, errs := runCommand(t, "healthcheck", "--addr="+addr); code != exitFailed || !strings.Contains(errs, "if it speaks TLS, set --tls-cert-file") {
		t.Errorf("healthcheck without TLS: %d %s", code, errs)
	}
}

// The hub can listen on a Unix socket, whose file has a mode and goes with it; one that
// was left behind is replaced, and one in use is not.
func TestAUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	var logs lines
	_, end := startLogging(t, &logs, "--dev", "--drain-window=100ms", "--addr=unix:"+path, "--socket-mode=0600")
	if !logs.has("url=unix:" + path) {
		t.Error("the log does not say where it listens")
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("the socket: %v, %v", info, err)
	}
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	if said, err := hello(t, "http://localhost", "", transport); err != nil || !strings.Contains(said, `"hello"`) {
		t.Errorf("got %q, %v", said, err)
	}
	if code, _, errs := runCommand(t, "healthcheck", "--addr=unix:"+path); code != 0 {
		t.Errorf("healthcheck: %d %s", code, errs)
	}
	if _, err := service.Listen(t.Context(), "unix:"+path, 0o600); err == nil || !strings.Contains(err.Error(), "another process listens on "+path) {
		t.Errorf("a second hub: %v", err)
	}
	end()
	if _, err := os.Stat(path); err == nil {
		t.Error("the socket is still there")
	}
	if code, _, _ := runCommand(t, "healthcheck", "--addr=unix:"+path); code != exitFailed {
		t.Errorf("healthcheck of a hub that has gone: %d", code)
	}
	write(t, path, "a file of somebody's")
	if _, err := service.Listen(t.Context(), "unix:"+path, 0o600); err == nil || !strings.Contains(err.Error(), "is no socket") {
		t.Errorf("over a file: %v", err)
	}
}

// In a container --dev may listen beyond loopback, by a flag of its own and with a
// warning; then it goes by any name.
func TestDevelopmentAnywhere(t *testing.T) {
	for _, args := range [][]string{{"--dev", "--addr=0.0.0.0:0"}, {"--dev", "--addr=:0"}} {
		c, _, err := parse(t, args...)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.serve(t.Context(), io.Discard, func(net.Addr) { t.Error("it listens") }); err == nil || !strings.Contains(err.Error(), "add --dev-anywhere") {
			t.Errorf("%q: %v", args, err)
		}
	}
	var logs lines
	url, _ := startLogging(t, &logs, "--dev", "--dev-anywhere", "--drain-window=100ms", "--addr=0.0.0.0:0")
	url = strings.Replace(url, "[::]", "127.0.0.1", 1)
	if !logs.has("level=WARN") || !logs.has("--dev-anywhere: everybody who reaches this address") {
		t.Error("there is no warning")
	}
	if status, _ := post(t, url, one, "Host", "hub:9000"); status != 200 {
		t.Errorf("by the name of a container: %d", status)
	}
}

// A pattern stands for one label, whatever the others are; and for nothing else.
func TestOriginPatterns(t *testing.T) {
	url, _ := startWithTokens(t, io.Discard, "--allowed-origin=https://*.example.com", "--allowed-origin=http://*.example.org:3000")
	for origin, want := range map[string]int{
		"https://a.example.com": 101, "https://b-2.example.com": 101, "http://x.example.org:3000": 101,
		"https://example.com": 3503, "https://a.b.example.com": 3503, "http://a.example.com": 3503, "https://a.example.com:8443": 3503,
		"https://.example.com": 3503, "https://*.example.com": 3503, "https://a.example.com.evil.example": 3503, "https://evil-example.com": 3503,
		"https://u@.example.com": 3503, "http://x.example.org": 3503, "null": 3503,
	} {
		if got := handshakeFrom(t, url, origin); got != want {
			t.Errorf("from %q: %d; want %d", origin, got, want)
		}
	}
}

// A star lets every page in, with a warning.
func TestEveryOrigin(t *testing.T) {
	var logs lines
	url, _ := startLogging(t, &logs, "--dev", "--allowed-origin=*")
	if !logs.has("level=WARN") || !logs.has("lets the pages of every site connect") {
		t.Error("there is no warning")
	}
	if got := handshakeFrom(t, url, "https://elsewhere.example"); got != http.StatusSwitchingProtocols {
		t.Errorf("%d", got)
	}
}

// What --max-payload allows gets through, in memory and in a file, live and replayed;
// a byte more is refused.
func TestLargePayloads(t *testing.T) {
	const most = 3 << 20
	logs(t, func(t *testing.T, args []string) {
		url, _ := start(t, append(args, "--max-payload=3145728")...)
		conn, _, err := websocket.Dial(t.Context(), url+"/ws", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.CloseNow() }()
		conn.SetReadLimit(2 * most)
		event := func(size int) string {
			return strings.Replace(one, `{"id":456}`, `"`+strings.Repeat("x", size-2)+`"`, 1)
		}
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"action":"subscribe","topic":"list-items:1"}`)); err != nil {
			t.Fatal(err)
		}
		read := func() string {
			_, message, err := conn.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return string(message)
		}
		read()
		read()
		if status, answer := post(t, url, event(most)); status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
		if got := read(); len(got) < most || !strings.Contains(got, `"UPDATED"`) {
			t.Errorf("got %d bytes: %.200s", len(got), got)
		}
		if status, answer := post(t, url, event(most+1)); status != 400 || !strings.Contains(answer, "data.payload") || !strings.Contains(answer, "3145728") {
			t.Errorf("a byte more: %d %s", status, answer)
		}
	})
}

// A key set over plain HTTP needs a flag, and one that is not there yet is waited for. A
// SIGHUP meanwhile does not end the hub, which reads its files again when it has started.
func TestAKeySetThatComesLate(t *testing.T) {
	asked := make(chan struct{}, 16)
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		if len(asked) < 2 {
			if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
				t.Error(err)
			}
			http.Error(w, "not yet", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"keys":[]}`)
	}))
	defer issuer.Close()
	var logs lines
	startLogging(t, &logs, "--drain-window=100ms", "--drain-delay=0", "--publish-key="+publishKey, "--jwt-jwks-url="+issuer.URL)
	if !logs.has("it is tried again") {
		t.Error("the log does not say so")
	}
	if !logs.await("read again: the publish keys") {
		t.Error("the signal was lost")
	}
	for _, args := range [][]string{{"--jwt-jwks-url=http://10.0.0.1/keys", "--jwt-jwks-wait=0"}, {"--jwt-jwks-url=http://192.0.2.1/keys", "--jwt-jwks-private-http"}} {
		c, _, err := parse(t, append(args, "--addr=127.0.0.1:0", "--publish-key="+publishKey)...)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.serve(t.Context(), io.Discard, func(net.Addr) {}); err == nil || !strings.Contains(err.Error(), "use https") {
			t.Errorf("%q: %v", args, err)
		}
	}
}
