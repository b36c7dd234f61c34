package ws

import (
	"cmp"
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// Endpoint is what a connection talks to. Where it has the methods Stalling and
// Tolerates of a [realtime.Session], they are called as that says; without
// Tolerates any number of control frames and fragments is taken.
type Endpoint interface {
	// Message takes a whole message; the next one is read when it returns. The
	// bytes are valid until then.
	Message(op wire.Opcode, message []byte)
	// Closed is called once, when nothing further can be sent, with the code
	// that this side closed with: CloseNormal where the peer said goodbye,
	// CloseAbnormal where it just went.
	Closed(code realtime.CloseCode)
}

// Limits bound one connection.
type Limits struct {
	// MaxMessage is the most bytes of a message; a longer one ends the
	// connection with 1009.
	MaxMessage int
	// QueueBytes is the most that may wait to be written, with what it costs to
	// keep it, besides the largest of what waits; more ends it with
	// CloseSlowConsumer.
	QueueBytes int
	// CloseTimeout is how long a peer has to take what was begun, and answer a close
	// frame, before the connection is cut; 0 for [DefaultCloseTimeout].
	CloseTimeout time.Duration
}

// DefaultCloseTimeout is the default of [Limits] and [Options].
const DefaultCloseTimeout = 2 * time.Second

// socket is the raw half of a connection.
type socket interface {
	// write writes what it can without blocking. It returns errAgain when that
	// is less than all; the socket then calls Conn.flush when it can take more.
	write(b []byte) (n int, err error)
	// shutdown says that nothing further will be written.
	shutdown()
	// close ends the connection. Conn calls it once, and nothing after it.
	close()
}

// starter is a socket that has yet to begin reading.
type starter interface {
	socket
	// start begins to feed the connection: first early, then what comes.
	start(early []byte)
}

// errAgain says that a socket takes no more for now.
var errAgain = errors.New("the socket's buffer is full")

// errClosed says that a connection has ended.
var errClosed = errors.New("the connection has ended")

// connState is how far a connection has come. It only moves forward.
type connState uint8

const (
	connOpen    connState = iota
	connClosing           // a close frame is sent or queued; only its answer matters
	connClosed
)

// Conn is one WebSocket connection. It implements [realtime.Conn].
type Conn struct {
	// static once serving
	end    Endpoint
	socket starter
	limits Limits

	mu    sync.Mutex // guards everything up to the next blank line
	state connState
	// prologue is the handshake's answer until it is written, which happens along
	// with the first message, or when reading begins.
	prologue []byte
	out      outbox
	drained  *waiter
	// stalled is when the outbox last stopped moving.
	stalled time.Duration
	linger  *time.Timer

	// raw is what socket points to, where there is a poller. It is part of the
	// Conn so that a write finds all it needs in one place.
	raw rawSocket

	heard  atomic.Int64 // nanoseconds since epoch
	reader reader       // owned by whoever calls feed
}

// waiter waits until at most n bytes are queued, for all who wait: the least
// that any of them asks for.
type waiter struct {
	n    int
	done chan struct{}
}

// epoch is where the package's clock starts. Durations since then are
// monotonic, so that a clock that jumps does not look like silence.
var epoch = time.Now()

// newConn returns a connection that has yet to get its socket. The prologue is
// the answer to the handshake.
func newConn(limits Limits, prologue []byte) *Conn {
	c := &Conn{limits: limits, prologue: prologue}
	c.hear()
	return c
}

// use makes nc the connection's socket. If it fails, nc is still the caller's.
func (c *Conn) use(nc net.Conn) error {
	raw, err := takeOver(nc, c)
	if err != nil {
		return err
	}
	if c.socket = raw; raw == nil {
		c.socket = &netSocket{nc: nc, conn: c}
	}
	return nil
}

// begin answers the handshake, if no message has done so, and reads. Early is
// what came along with the handshake.
func (c *Conn) begin(early []byte) {
	c.mu.Lock()
	if c.prologue != nil && c.state == connOpen {
		c.enqueue(nil, "")
	}
	c.mu.Unlock()
	c.socket.start(early)
}

// Send implements [realtime.Conn].
func (c *Conn) Send(b *wire.Batch, first int, topic realtime.Topic) {
	c.mu.Lock()
	if c.state == connOpen {
		c.enqueue(b.Frames(first), topic)
	}
	c.mu.Unlock()
}

// SendFrame sends one frame of another kind than text. A pong takes the place of
// one that waits.
func (c *Conn) SendFrame(op wire.Opcode, payload []byte) {
	frame := wire.AppendHeader(make([]byte, 0, wire.MaxServerHeader+len(payload)), op, len(payload))
	frame = append(frame, payload...)
	c.mu.Lock()
	if c.state == connOpen && !(op == wire.OpPong && c.out.repong(frame)) {
		c.push(outgoing{frames: frame, pong: op == wire.OpPong})
	}
	c.mu.Unlock()
}

// enqueue writes the frames, or what the socket does not take of them later.
// Call it with mu held.
func (c *Conn) enqueue(frames []byte, topic realtime.Topic) {
	c.push(outgoing{frames: frames, topic: topic})
}

// push is enqueue for any item. Call it with mu held.
func (c *Conn) push(item outgoing) {
	sent := 0
	if c.prologue != nil {
		item.frames, item.keep, item.pong = append(c.prologue, item.frames...), true, false
		c.prologue = nil
	}
	if c.out.empty() {
		n, err := c.socket.write(item.frames)
		if n == len(item.frames) {
			return
		}
		if err != errAgain {
			c.fail()
			return
		}
		sent = n
		c.stall()
	}
	c.out.add(item, sent)
	if c.out.overflows(c.limits.QueueBytes) {
		c.goodbye(realtime.CloseSlowConsumer, "the reader is too slow")
	}
}

// stall notes that the peer has stopped reading.
func (c *Conn) stall() {
	c.stalled = time.Since(epoch)
	if s, ok := c.end.(interface{ Stalling() }); ok {
		s.Stalling()
	}
}

// flush writes what waits. The socket calls it when it can take more, which is a
// sign of life: what it had taken before must have arrived.
func (c *Conn) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.state != connClosed && !c.out.empty() {
		n, err := c.socket.write(c.out.front())
		if n > 0 {
			c.hear()
		}
		c.advance(n)
		if err == errAgain {
			return
		}
		if err != nil {
			c.fail()
			return
		}
	}
}

// moves is told that a write that goes on has got further.
func (c *Conn) moves() {
	c.mu.Lock()
	c.stalled = time.Since(epoch)
	c.mu.Unlock()
}

// wrote is told how a write went that was made with no lock held.
func (c *Conn) wrote(n int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == connClosed {
		return
	}
	c.advance(n)
	if err != nil {
		c.fail()
	}
}

// advance takes n written bytes off the queue. Call it with mu held.
func (c *Conn) advance(n int) {
	if n > 0 {
		c.out.wrote(n)
		c.stalled = time.Since(epoch)
	}
	c.release()
	if c.state == connClosing && c.out.empty() {
		c.socket.shutdown()
	}
}

// release wakes whoever waits for the queue to shrink.
func (c *Conn) release() {
	if w := c.drained; w != nil && (c.out.bytes <= w.n || c.state != connOpen) {
		close(w.done)
		c.drained = nil
	}
}

// Drained implements [realtime.Conn].
func (c *Conn) Drained(ctx context.Context, n int) error {
	c.mu.Lock()
	if c.state != connOpen {
		c.mu.Unlock()
		return errClosed
	}
	if c.out.bytes <= n {
		c.mu.Unlock()
		return nil
	}
	if ctx.Err() != nil {
		c.mu.Unlock()
		return ctx.Err()
	}
	if c.drained == nil {
		c.drained = &waiter{n: n, done: make(chan struct{})}
	}
	w := c.drained
	w.n = min(w.n, n)
	c.mu.Unlock()
	select {
	case <-w.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != connOpen {
		return errClosed
	}
	return nil
}

// Discard implements [realtime.Conn].
func (c *Conn) Discard(topic realtime.Topic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.discard(func(t realtime.Topic) bool { return t == topic })
	c.release()
}

// Stalled implements [realtime.Conn].
func (c *Conn) Stalled() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out.empty() || c.state != connOpen {
		return time.Time{}
	}
	return epoch.Add(c.stalled)
}

// Heard implements [realtime.Conn].
func (c *Conn) Heard() time.Time { return epoch.Add(time.Duration(c.heard.Load())) }

func (c *Conn) hear() { c.heard.Store(int64(time.Since(epoch))) }

// Ping implements [realtime.Conn].
func (c *Conn) Ping() { c.SendFrame(wire.OpPing, nil) }

// Close implements [realtime.Conn].
func (c *Conn) Close(code realtime.CloseCode, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.goodbye(code, reason)
}

// goodbye drops what is queued, sends a close frame in its place, and gives
// the peer a moment to answer it. Call it with mu held.
func (c *Conn) goodbye(code realtime.CloseCode, reason string) {
	c.part(wire.AppendClose(nil, uint16(code), reason), code)
}

// part is goodbye with a close frame of the caller's, and the code that the
// endpoint is told. Call it with mu held.
func (c *Conn) part(frame []byte, told realtime.CloseCode) {
	if c.state != connOpen {
		return
	}
	c.out.discard(func(realtime.Topic) bool { return true })
	if c.prologue != nil {
		frame = append(c.prologue, frame...)
		c.prologue = nil
	}
	n, err := 0, errAgain
	if c.out.empty() {
		n, err = c.socket.write(frame)
	}
	c.state = connClosing
	c.release()
	switch {
	case err == nil:
		c.socket.shutdown()
	case err == errAgain:
		c.out.add(outgoing{frames: frame, keep: true}, n) // it may begin with the handshake
	default:
		c.fail()
		return
	}
	c.linger = time.AfterFunc(cmp.Or(c.limits.CloseTimeout, DefaultCloseTimeout), c.cut)
	go c.end.Closed(told) // not under mu
}

// cut ends a connection whose peer has had its time.
func (c *Conn) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail()
}

// fail ends the connection without a further word. Call it with mu held.
func (c *Conn) fail() {
	if c.state == connClosed {
		return
	}
	if c.state == connOpen {
		go c.end.Closed(realtime.CloseAbnormal) // not under mu
	}
	c.state = connClosed
	if c.linger != nil {
		c.linger.Stop()
	}
	c.out = outbox{}
	c.release()
	c.socket.close()
}

// ended tells the connection that the peer is gone.
func (c *Conn) ended() { c.cut() }
