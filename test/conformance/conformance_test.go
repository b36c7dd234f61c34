package conformance

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"slices"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/familygifting/tidings/realtime/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts an echo server.
func serve(t *testing.T, maxMessage int) *httptest.Server {
	server := httptest.NewServer(Echo(maxMessage))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return server
}

// Guarantees: A34
func TestConformance(t *testing.T) {
	server := serve(t, MaxMessage)
	cases := allCases()
	if len(cases) != 301 {
		t.Errorf("%d cases; want 301", len(cases))
	}
	for _, c := range cases {
		t.Run(c.id, func(t *testing.T) { run(t, connect(t, server), c) })
	}
}

// The same with the limit that a hub has by default: what is larger gets 1009.
// Guarantees: A35
func TestConformanceWithTheDefaultLimit(t *testing.T) {
	const limit = 64 << 10
	server := serve(t, limit)
	for _, c := range allCases() {
		if c.size > limit {
			c.want, c.fail, c.closes = nil, []int{1009}, 0
			t.Run(c.id, func(t *testing.T) { run(t, connect(t, server), c) })
		}
	}
}

// run sends a case's frames and holds the server's to what it wants.
func run(t *testing.T, p *peer, c testCase) {
	sent := make(chan struct{})
	answered := make(chan struct{}, len(c.want))
	go func() {
		defer close(sent)
		for _, f := range c.send {
			p.write(f.encode(), c.chop)
			if c.roundTrips {
				<-answered
			}
		}
		if len(c.fail) == 0 && c.closes == 0 {
			p.write(closing(1000, "").encode(), 0)
		}
	}()
	wantClose := c.fail
	if len(c.fail) == 0 {
		wantClose = []int{max(c.closes, 1000)}
	}
	for i := 0; ; i++ {
		f, err := p.read()
		if err != nil {
			t.Fatalf("the connection ended without a close frame: %v", err)
		}
		if f.op == wire.OpClose {
			if !slices.Contains(wantClose, f.code()) || i < len(c.want) {
				t.Fatalf("closed with %d (%q) after %d frames; want %v after %d", f.code(), f.payload, i, wantClose, len(c.want))
			}
			break
		}
		if i >= len(c.want) {
			t.Fatalf("frame %d is one too many: %x %.40q", i, f.op, f.payload)
		}
		if want := c.want[i]; f.op != want.op || f.notFin || f.rsv != 0 || !bytes.Equal(f.payload, want.payload) {
			t.Fatalf("frame %d is %x %.40q; want %x %.40q", i, f.op, f.payload, want.op, want.payload)
		}
		answered <- struct{}{}
	}
	// The server ends the connection, and sends nothing behind its close frame.
	if len(c.fail) > 0 {
		p.write(closing(1000, "").encode(), 0)
	}
	if f, err := p.read(); !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("behind the close frame came %+v, %v; want the end", f, err)
	}
	_ = p.conn.Close()
	<-sent
}
