package service_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/internal/clientip"
	"github.com/familygifting/tidings/realtime/ws"
)

// Each reason there is has a figure and a line with advice; a flood of one has no
// more than one line.
// Guarantees: A55
func TestRefusalsAreCountedAndSaid(t *testing.T) {
	for _, reason := range append(ws.Reasons, service.RefusedConnections, service.RefusedDescriptors, service.RefusedUnheard) {
		t.Run(reason, func(t *testing.T) {
			var log bytes.Buffer
			refusals := service.NewRefusals(slog.New(slog.NewTextHandler(&log, nil)), service.Advice{OriginFlag: "--allowed-origin", PerAddress: "raise --max-per-address, or "})
			registry := prometheus.NewRegistry()
			registry.MustRegister(refusals)
			r := httptest.NewRequest(http.MethodGet, "/ws", nil)
			r.Header.Set("Origin", "https://evil.example/"+strings.Repeat("x", 1000))
			for range 3 {
				refusals.Handshake(r, reason)
			}
			if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "level=WARN") || !strings.Contains(text, "https://evil.example") || len(text) > 700 {
				t.Errorf("the log has %q; want one line", text)
			}
			families, err := registry.Gather()
			if err != nil || len(families) != 1 {
				t.Fatal(families, err)
			}
			for _, m := range families[0].GetMetric() {
				if want := map[bool]float64{true: 3}[m.GetLabel()[0].GetValue() == reason]; m.GetCounter().GetValue() != want {
					t.Errorf("%v; want %v", m, want)
				}
			}
		})
	}
}

func TestTheCureOfARefusal(t *testing.T) {
	for reason, want := range map[string]string{
		"forbidden_origin": "--allowed-origin", "too_many_sessions": "--trusted-proxies", service.RefusedConnections: "--max-per-address",
		service.RefusedDescriptors: "ulimit -n", "upgrade_required": "Upgrade",
	} {
		var log bytes.Buffer
		service.NewRefusals(slog.New(slog.NewTextHandler(&log, nil)), service.Advice{OriginFlag: "--allowed-origin", PerAddress: "raise --max-per-address, or "}).Connection("192.0.2.1", reason)
		if !strings.Contains(log.String(), want) || !strings.Contains(log.String(), "192.0.2.1") {
			t.Errorf("%s: %s; want %s", reason, log.String(), want)
		}
	}
}

// A proxy that nobody has named is said to be there.
// Guarantees: A56
func TestAProxyThatIsNotTrusted(t *testing.T) {
	for name, c := range map[string]struct {
		header string
		peer   string
		warns  bool
		from   string
	}{
		"a trusted one":            {"X-Forwarded-For", "10.0.0.1:1", false, "203.0.113.9"},
		"one that is not":          {"X-Forwarded-For", "127.0.0.1:1", true, "127.0.0.1"},
		"one that says the scheme": {"X-Forwarded-Proto", "127.0.0.1:1", true, "127.0.0.1"},
		"none":                     {"Accept", "127.0.0.1:1", false, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			watch := service.NewProxyWatch(clientip.Proxies{netip.MustParsePrefix("10.0.0.0/8")}, slog.New(slog.NewTextHandler(&log, nil)))
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.peer
			r.Header.Set(c.header, "203.0.113.9")
			served := 0
			for range 2 {
				watch.Watch(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served++ })).ServeHTTP(httptest.NewRecorder(), r)
				if from := watch.ClientNetwork(r); from.String() != c.from {
					t.Errorf("it comes from %s; want %s", from, c.from)
				}
			}
			if lines := strings.Count(log.String(), "--trusted-proxies"); lines != map[bool]int{true: 1}[c.warns] || served != 2 {
				t.Errorf("%d requests were served, and the log has %q", served, log.String())
			}
		})
	}
}

// full is a listener of a process without descriptors: the first call says so, the
// ones after it have a connection each.
type full struct {
	net.Listener
	errs  []error
	taken []net.Conn
}

func (f *full) Accept() (net.Conn, error) {
	err := f.errs[0]
	f.errs = f.errs[1:]
	if err != nil {
		return nil, err
	}
	here, there := net.Pipe()
	f.taken = append(f.taken, there)
	return here, nil
}

func (f *full) Close() error { return nil }

// While there is a descriptor for a connection, one that could not be had a moment
// ago costs nobody anything.
// Guarantees: A53
func TestTheSpareListenerGoesOn(t *testing.T) {
	away := errors.New("the network is away")
	f := &full{errs: []error{syscall.EMFILE, nil, nil, away, syscall.ENFILE, away}}
	listener := service.SpareListener(f, func(string, string) { t.Error("somebody was refused") })
	for range 2 {
		nc, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_ = nc.Close()
	}
	for range 2 {
		if _, err := listener.Accept(); !errors.Is(err, away) {
			t.Errorf("%v; want the listener's own error", err)
		}
	}
	if err := listener.Close(); err != nil {
		t.Error(err)
	}
	f.errs = []error{syscall.EMFILE}
	if _, err := listener.Accept(); !errors.Is(err, syscall.EMFILE) {
		t.Errorf("a closed listener: %v", err)
	}
}
