package ws_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/familygifting/tidings/realtime"
)

// What breaks RFC 6455, or tries to make the server reserve memory, ends its own
// connection with a code, and nobody else's.
// Guarantees: A34
func TestFramesThatBreakTheRules(t *testing.T) {
	e := newEnv(t, setup{})
	bystander := e.login("bert")
	bystander.subscribe("list:a")
	huge := []byte{0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0}
	large := []byte{0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0}
	for name, c := range map[string]struct {
		frame []byte
		want  realtime.CloseCode
	}{
		"a length beyond 2^63":      {huge, realtime.CloseProtocolError},
		"a length of 2^63-1":        {large, realtime.CloseMessageTooBig},
		"a reserved bit":            {[]byte{0xC1, 0x80, 0, 0, 0, 0}, realtime.CloseProtocolError},
		"a reserved opcode":         {[]byte{0x83, 0x80, 0, 0, 0, 0}, realtime.CloseProtocolError},
		"an unmasked frame":         {[]byte{0x81, 0x02, '{', '}'}, realtime.CloseProtocolError},
		"a long ping":               {[]byte{0x89, 0xFE, 0, 200, 0, 0, 0, 0}, realtime.CloseProtocolError},
		"a ping in pieces":          {[]byte{0x09, 0x80, 0, 0, 0, 0}, realtime.CloseProtocolError},
		"a continuation of nothing": {[]byte{0x80, 0x80, 0, 0, 0, 0}, realtime.CloseProtocolError},
	} {
		t.Run(name, func(t *testing.T) { e.breaking(c.frame).expectClose(c.want) })
	}
	e.publish("list:a", 1)
	bystander.expectEvents("list:a", 1, 1)
}

// A message in endless pieces costs no more than the longest one.
// Guarantees: A35, A38
func TestAFloodOfFragments(t *testing.T) {
	const fragments = 20_000
	e := newEnv(t, setup{})
	begin := fragment(0x01, 0)
	for name, tiny := range map[string][]byte{"empty": fragment(0x00, 0), "one byte": fragment(0x00, 1), "127 bytes": fragment(0x00, 127)} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			c := e.breaking(append(begin, bytes.Repeat(tiny, fragments)...))
			c.expectClose(realtime.CloseRateLimited)
			if grown := heap() - before; grown > 4<<20 {
				t.Errorf("%d fragments cost %d bytes", fragments, grown)
			}
		})
	}
	e.breaking(append(begin, bytes.Repeat(fragment(0x00, 128), fragments)...)).expectClose(realtime.CloseMessageTooBig)
}

// fragment returns a frame of so many blanks, fewer than 64 KiB, with the first
// byte.
func fragment(first byte, blanks int) []byte {
	frame := []byte{first, 0x80 | byte(blanks)}
	if blanks > 125 {
		frame = []byte{first, 0x80 | 126, byte(blanks >> 8), byte(blanks)}
	}
	return append(append(frame, 0, 0, 0, 0), bytes.Repeat([]byte{' '}, blanks)...)
}

// A message may come in pieces; those that are no smaller than they need be cost
// nothing but what the whole does.
// Guarantees: A38
func TestR24AMessageInPiecesCountsOnce(t *testing.T) {
	const pieces = 100
	e := newEnv(t, setup{options: realtime.Options{InboundBurst: 3, InboundRate: 0.001, MaxStrikes: 1}})
	frames := append(fragment(0x01, 128), bytes.Repeat(fragment(0x00, 128), pieces)...)
	last := append([]byte{0x80, 0x80 | 17, 0, 0, 0, 0}, `{"action":"ping"}`...)
	e.breaking(append(frames, last...)).expect("pong")
}

// Frames that bring no content count as messages, so they cost no more.
// Guarantees: A38
func TestR24ControlFramesCount(t *testing.T) {
	const burst, strikes = 10, 5
	frames := map[string][]byte{"pings": {0x89, 0x80, 0, 0, 0, 0}, "pongs": {0x8A, 0x80, 0, 0, 0, 0}}
	for name, frame := range frames {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t, setup{options: realtime.Options{InboundBurst: burst, InboundRate: 0.001, MaxStrikes: strikes}})
			few := e.breaking(bytes.Repeat(frame, burst-2)) // one was auth, one will be ping
			few.expectSilence()
			e.breaking(bytes.Repeat(frame, burst+strikes)).expectClose(realtime.CloseRateLimited)
		})
	}
}

// heap returns how many bytes live.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Sockets that connect and say nothing are gone after their time to authenticate,
// and nobody notices.
// Guarantees: A4
func TestManySilentSockets(t *testing.T) {
	const silent = 5000
	e := newEnv(t, setup{options: realtime.Options{AuthTimeout: 2 * time.Second, MaxSessionsPerAddress: realtime.Unlimited}})
	healthy := e.login("anna")
	healthy.subscribe("list:a")
	for range silent {
		conn := e.dialRaw()
		defer func() { _ = conn.Close() }()
	}
	waitFor(t, func() bool { return e.hub.Stats().Opened == silent+1 })
	for seq := 1; e.hub.Stats().Sessions > 1; seq++ {
		e.publish("list:a", 1)
		healthy.expectEvents("list:a", seq, seq)
	}
	if got := e.hub.Stats().Closed[realtime.CloseAuthTimeout]; got != silent {
		t.Errorf("%d closed for their silence; want %d", got, silent)
	}
}

// A token is never logged, however the message that holds it is refused; and
// what a client makes up stays within its line.
// Guarantees: A3, A43
func TestNoTokenIsLogged(t *testing.T) {
	var logs journal
	e := newEnv(t, setup{options: realtime.Options{Logger: slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))}})
	for _, frame := range []string{
		`{"action":"auth","token":"anna/geheim"}`, `{"action":"auth","token":"geheim","geheim":1}`, `{"action":"auth","token":"geheim`,
		`{"action":"auth","token":"anna\nlevel=ERROR msg=forged \u001b[31m/geheim"}`,
	} {
		c := e.dial(nil)
		c.send("%s", frame)
		c.read()
		_ = c.conn.Close(websocket.StatusNormalClosure, "geheim\r\nforged")
	}
	waitFor(t, func() bool { return strings.Count(logs.String(), "session closed") == 4 })
	if got := logs.String(); strings.Contains(got, "geheim") || strings.Count(got, "\n") != 4 || strings.Contains(got, "\x1b") {
		t.Errorf("logged:\n%s", got)
	}
}

// journal keeps what is logged.
type journal struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines.String()
}

// dialRaw opens a WebSocket and leaves it at that.
func (e *env) dialRaw() net.Conn {
	e.t.Helper()
	conn, err := net.Dial("tcp", e.http.Listener.Addr().String())
	if err == nil {
		_, err = io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
	}
	if err != nil {
		e.t.Fatal(err)
	}
	return conn
}

// Who offers thousands of subprotocols, or extensions, is answered as if none.
// Guarantees: A7
func TestALongListOfSubprotocols(t *testing.T) {
	e := newEnv(t, setup{})
	long := string(bytes.Repeat([]byte("tidings, "), 1500))
	status, _ := e.get(t, "", http.Header{"Sec-Websocket-Protocol": {long}, "Sec-Websocket-Extensions": {long}})
	if status != http.StatusSwitchingProtocols {
		t.Errorf("%d; want 101", status)
	}
}
