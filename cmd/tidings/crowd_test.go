package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// A crowd is many visitors of one topic, in a process of its own: so neither
// side's descriptors and goroutines count as the other's. It is this test binary
// again, with crowdVariable set to a [crowdOrder].
const crowdVariable = "TIDINGS_TEST_CROWD"

type crowdOrder struct {
	Addr  string
	Count int
}

// crowdReport is what became of a crowd.
type crowdReport struct {
	// Told counts visitors by the second that they were told to come back in,
	// Returns by the one that they did in, since the first was told to go.
	Told, Returns []int
	// Wrong is what a visitor saw that it should not have, the first of it.
	Wrong string
}

// crowd visits until every visitor has seen a DELETED event, and reports.
func crowd(order string) error {
	c := &visitors{}
	if err := json.Unmarshal([]byte(order), &c.order); err != nil {
		return err
	}
	var all sync.WaitGroup
	c.connecting = make(chan struct{}, 100)
	for range c.order.Count {
		all.Go(func() {
			if err := c.visit(); err != nil {
				c.complain(err.Error())
			}
		})
	}
	all.Wait()
	return json.NewEncoder(os.Stdout).Encode(c.report)
}

type visitors struct {
	order      crowdOrder
	connecting chan struct{} // how many may connect at a time at first

	mu     sync.Mutex // guards everything below
	begun  time.Time  // when the first was told to go
	report crowdReport
}

func (c *visitors) complain(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.report.Wrong == "" {
		c.report.Wrong = what
	}
}

// leaving notes that a visitor was told to go.
func (c *visitors) leaving() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun.IsZero() {
		c.begun = time.Now()
	}
}

func (c *visitors) sinceBegun() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Since(c.begun)
}

func (c *visitors) count(bins *[]int, at time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	second := int(at / time.Second)
	for len(*bins) <= second {
		*bins = append(*bins, 0)
	}
	(*bins)[second]++
}

// visitor is one client, as a good one behaves.
type visitor struct {
	conn  net.Conn
	in    *bufio.Reader
	epoch string
	seq   int
	// after is when to come back, once told.
	after time.Duration
}

var errDone = errors.New("the last event has come")

// visit subscribes, comes back when it was told to go, and returns when the last
// event has come.
func (c *visitors) visit() error {
	v := &visitor{}
	c.connecting <- struct{}{}
	err := v.enter(c.order.Addr)
	<-c.connecting
	if err != nil {
		return fmt.Errorf("at first: %w", err)
	}
	switch err := v.read(c.leaving); {
	case errors.Is(err, errDone):
		return errors.New("it was never told to go")
	case err != nil:
		return err
	}
	c.count(&c.report.Told, v.after)
	time.Sleep(v.after)
	for n := 0; ; n++ {
		if err = v.enter(c.order.Addr); err == nil {
			break
		}
		// The server is not back yet: as the browser's client does.
		time.Sleep(time.Duration(rand.Int64N(int64(min(20*time.Second, 5*time.Second<<n)))))
	}
	c.count(&c.report.Returns, c.sinceBegun())
	if err := v.read(func() {}); !errors.Is(err, errDone) {
		return fmt.Errorf("after its return: %w", err)
	}
	return nil
}

// enter connects and subscribes from where the visitor is.
func (v *visitor) enter(addr string) (err error) {
	if v.conn, err = net.Dial("tcp", addr); err != nil {
		return err
	}
	v.in = bufio.NewReaderSize(v.conn, 1<<10)
	_, err = io.WriteString(v.conn, "GET /ws HTTP/1.1\r\nHost: "+addr+"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
	if err != nil {
		return errors.Join(err, v.conn.Close())
	}
	for line := "-"; line != "\r\n"; {
		status := line == "-"
		if line, err = v.in.ReadString('\n'); err != nil || status && !strings.Contains(line, " 101 ") {
			return errors.Join(fmt.Errorf("answered %q: %w", line, err), v.conn.Close())
		}
	}
	since := ""
	if v.epoch != "" {
		since = fmt.Sprintf(`,"since":{"epoch":%q,"seq":%d}`, v.epoch, v.seq)
	}
	text := fmt.Sprintf(`{"action":"subscribe","topic":"list:a"%s}`, since)
	frame := append([]byte{0x81, 0x80 | 126}, 0, 0, 0, 0, 0, 0) // the mask is zero
	binary.BigEndian.PutUint16(frame[2:], uint16(len(text)))
	if len(text) < 126 {
		frame = []byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}
	}
	_, err = v.conn.Write(append(frame, text...))
	return err
}

// read reads until the server closes with 3000, or errDone.
func (v *visitor) read(leaving func()) error {
	defer func() { _ = v.conn.Close() }() // both sides have said what they had to
	resumes := v.epoch != ""
	for {
		op, text, err := v.frame()
		if err != nil {
			return err
		}
		if op == wire.OpClose {
			if code := binary.BigEndian.Uint16(text); code != 3000 || v.after < 0 {
				return fmt.Errorf("closed with %d", code)
			}
			return nil
		}
		var m struct {
			Type, Event, Epoch string
			Seq                int
			Recovered          bool
			ReconnectAfterMS   int `json:"reconnect_after_ms"`
		}
		if err := json.Unmarshal(text, &m); err != nil {
			return err
		}
		switch m.Type {
		case "subscribed":
			if resumes && !m.Recovered {
				return fmt.Errorf("at %d it could not resume: %s", v.seq, text)
			}
			if v.epoch = m.Epoch; !resumes {
				v.seq = m.Seq
			}
		case "drain":
			v.after = time.Duration(m.ReconnectAfterMS) * time.Millisecond
			leaving()
		case "":
			if m.Epoch != v.epoch || m.Seq != v.seq+1 {
				return fmt.Errorf("%s after %d", text, v.seq)
			}
			if v.seq++; m.Event == "DELETED" {
				return errDone
			}
		case "hello":
		default:
			return fmt.Errorf("got %s", text)
		}
	}
}

// frame reads a frame.
func (v *visitor) frame() (wire.Opcode, []byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(v.in, head[:2]); err != nil {
		return 0, nil, err
	}
	n := int(head[1])
	if n == 126 {
		if _, err := io.ReadFull(v.in, head[2:]); err != nil {
			return 0, nil, err
		}
		n = int(binary.BigEndian.Uint16(head[2:]))
	}
	text := make([]byte, n)
	_, err := io.ReadFull(v.in, text)
	return wire.Opcode(head[0] & 0x0F), text, err
}
