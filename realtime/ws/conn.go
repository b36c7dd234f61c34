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

// Endpoint receives what the peer of a connection sends. If it has the methods Stalling
// and AllowFrame of a [realtime.Session], they are called as documented there. Without
// AllowFrame, control frames and fragments have no limit.
type Endpoint interface {
	// Message handles a whole message. The next one is read when it returns, and the
	// bytes are valid until then.
	Message(op wire.Opcode, message []byte)
	// Closed is called once, when nothing further can be sent, with the code that this
	// side closed with: CloseNormal where the peer sent a close frame, CloseAbnormal
	// where the connection broke.
	Closed(code realtime.CloseCode)
}

// Limits bound one connection.
type Limits struct {
	// MaxMessage is the most bytes of a message; a longer one ends the
	// connection with 1009.
	MaxMessage int
	// QueueBytes is the most that may wait to be written, overhead included and the
	// largest write excluded; more ends the connection with CloseSlowConsumer.
	QueueBytes int
	// CloseTimeout is how long a peer has to read a message that was sent in part, and
	// to answer a close frame; 0 for [DefaultCloseTimeout].
	CloseTimeout time.Duration
}

// DefaultCloseTimeout is the default of [Limits] and [Options].
const DefaultCloseTimeout = 2 * time.Second

// socket is the raw half of a connection.
type socket interface {
	// write writes what it can without blocking. It returns errAgain when that is less
	// than all, and then calls Conn.flush when the socket can take more.
	write(b []byte) (n int, err error)
	// shutdown closes the writing half.
	shutdown()
	// close ends the connection. Conn calls it once, and nothing after it.
	close()
}

// starter is a socket that does not read yet.
type starter interface {
	socket
	// start feeds the connection: early first, then what the peer sends.
	start(early []byte)
}

// errAgain is returned by a socket whose buffer is full.
var errAgain = errors.New("the socket's buffer is full")

// errClosed is returned for a connection that has ended.
var errClosed = errors.New("the connection has ended")

// connState only moves forward: open, closing, closed.
type connState uint8

const (
	connOpen    connState = iota
	connClosing           // a close frame is sent or queued; only the answer to it matters
	connClosed
)

// Conn is one WebSocket connection. It implements [realtime.Conn].
//
// Locks are taken in this order: those of [realtime.Session] and its hub, Conn.mu,
// poller.mu, shared.Mutex. The hub calls all methods but Drained with locks of its own held,
// so nothing that takes them may be called with Conn.mu held: Endpoint.Message and
// Endpoint.Closed are called without it. Session.Stalling is called with it, and takes
// Hub.tasks.mu alone, which comes after it.
type Conn struct {
	// static once the connection serves
	end    Endpoint
	socket starter
	limits Limits

	mu    sync.Mutex // guards everything up to the next blank line
	state connState
	// upgradeAnswer is the answer to the handshake, until it is written: along with the
	// first message, or when reading starts.
	upgradeAnswer []byte
	out           outbox
	drained       *waiter
	// stalled is when the outbox last stopped moving.
	stalled    time.Duration
	closeTimer *time.Timer

	// raw is what socket points to where there is a poller. It is embedded so that a
	// write touches one place in memory.
	raw rawSocket

	heard  atomic.Int64 // nanoseconds since epoch
	reader reader       // owned by the goroutine that calls feed
}

// waiter is what all calls of Drained wait for: that at most n bytes are queued, the
// least that any of them asks for.
type waiter struct {
	n    int
	done chan struct{}
}

// epoch is the zero of this package's clock. Durations since then are monotonic, so
// that a step of the wall clock does not look like silence.
var epoch = time.Now()

// newConn returns a connection without a socket.
func newConn(limits Limits, upgradeAnswer []byte) *Conn {
	c := &Conn{limits: limits, upgradeAnswer: upgradeAnswer}
	c.hear()
	return c
}

// setSocket makes nc the connection's socket. On an error nc still belongs to the caller.
func (c *Conn) setSocket(nc net.Conn) error {
	raw, err := adoptConn(nc, c)
	if err != nil {
		return err
	}
	if c.socket = raw; raw == nil {
		c.socket = &netSocket{nc: nc, conn: c}
	}
	return nil
}

// start answers the handshake, unless a message already went out with the answer, and
// reads. Early is what the peer sent behind the handshake.
func (c *Conn) start(early []byte) {
	c.mu.Lock()
	if c.upgradeAnswer != nil && c.state == connOpen {
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

// SendFrame sends a control or binary frame. A pong replaces one that waits.
func (c *Conn) SendFrame(op wire.Opcode, payload []byte) {
	frame := wire.AppendHeader(make([]byte, 0, wire.MaxServerHeader+len(payload)), op, len(payload))
	frame = append(frame, payload...)
	c.mu.Lock()
	if c.state == connOpen && !(op == wire.OpPong && c.out.replacePong(frame)) {
		c.push(outgoing{frames: frame, pong: op == wire.OpPong})
	}
	c.mu.Unlock()
}

// enqueue writes the frames, and queues what the socket does not take. Call it with mu
// held.
func (c *Conn) enqueue(frames []byte, topic realtime.Topic) {
	c.push(outgoing{frames: frames, topic: topic})
}

// push is enqueue for any item.
func (c *Conn) push(item outgoing) {
	sent := 0
	if c.upgradeAnswer != nil {
		item.frames, item.pinned, item.pong = append(c.upgradeAnswer, item.frames...), true, false
		c.upgradeAnswer = nil
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
		c.startClose(realtime.CloseSlowConsumer, "the reader is too slow: resume from the last position")
	}
}

// stall notes that the socket takes no more. Call it with mu held.
func (c *Conn) stall() {
	c.stalled = time.Since(epoch)
	if s, ok := c.end.(interface{ Stalling() }); ok {
		s.Stalling()
	}
}

// flush writes what waits. The socket calls it when it can take more. That shows that
// the peer is alive: it has acknowledged earlier bytes.
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

// noteProgress is called when a long write has got further.
func (c *Conn) noteProgress() {
	c.mu.Lock()
	c.stalled = time.Since(epoch)
	c.mu.Unlock()
}

// wrote takes the result of a write that was made without the lock.
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

// advance removes n written bytes from the queue. Call it with mu held.
func (c *Conn) advance(n int) {
	if n > 0 {
		c.out.wrote(n)
		c.stalled = time.Since(epoch)
	}
	c.wakeWaiters()
	if c.state == connClosing && c.out.empty() {
		c.socket.shutdown()
	}
}

// wakeWaiters wakes the calls of Drained whose condition is met. Call it with mu held.
func (c *Conn) wakeWaiters() {
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
	c.wakeWaiters()
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
	c.startClose(code, reason)
}

// startClose drops the queue, sends a close frame, and gives the peer CloseTimeout to
// answer it. Call it with mu held.
func (c *Conn) startClose(code realtime.CloseCode, reason string) {
	c.sendClose(wire.AppendClose(nil, uint16(code), reason), code)
}

// sendClose is startClose with the caller's close frame. The endpoint gets the code.
func (c *Conn) sendClose(frame []byte, code realtime.CloseCode) {
	if c.state != connOpen {
		return
	}
	c.out.discard(func(realtime.Topic) bool { return true })
	if c.upgradeAnswer != nil {
		frame = append(c.upgradeAnswer, frame...)
		c.upgradeAnswer = nil
	}
	n, err := 0, errAgain
	if c.out.empty() {
		n, err = c.socket.write(frame)
	}
	c.state = connClosing
	c.wakeWaiters()
	switch {
	case err == nil:
		c.socket.shutdown()
	case err == errAgain:
		c.out.add(outgoing{frames: frame, pinned: true}, n) // it may contain the answer to the handshake
	default:
		c.fail()
		return
	}
	c.closeTimer = time.AfterFunc(cmp.Or(c.limits.CloseTimeout, DefaultCloseTimeout), c.abort)
	go c.end.Closed(code) // not under mu
}

// abort ends a connection that is broken, or whose peer did not answer in time.
func (c *Conn) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail()
}

// fail ends the connection without a close frame. Call it with mu held.
func (c *Conn) fail() {
	if c.state == connClosed {
		return
	}
	if c.state == connOpen {
		go c.end.Closed(realtime.CloseAbnormal) // not under mu
	}
	c.state = connClosed
	if c.closeTimer != nil {
		c.closeTimer.Stop()
	}
	c.out = outbox{}
	c.wakeWaiters()
	c.socket.close()
}
