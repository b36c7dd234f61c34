//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// result is what a run has found.
type result struct {
	perDelivery float64 // µs of CPU
	connect     float64 // µs of CPU
	idleKB      float64
}

// settle is how long memory is left to settle before it is read.
const settle = 2 * time.Second

// patience is how long a run waits for what must come.
const patience = 60 * time.Second

func measure(start func() (*server, error), subscribers, publications, inFlight int) (r result, err error) {
	s, err := start()
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	before, err := s.rss()
	if err != nil {
		return r, err
	}
	began, err := s.cpu()
	if err != nil {
		return r, err
	}
	crowd, err := s.gather(subscribers)
	defer crowd.leave()
	if err != nil {
		return r, err
	}
	connected, err := s.cpu()
	if err != nil {
		return r, err
	}
	r.connect = float64((connected - began).Microseconds()) / float64(subscribers)
	if publications == 0 {
		time.Sleep(settle)
		after, err := s.rss()
		r.idleKB = (after - before) / float64(subscribers)
		return r, err
	}
	if err := s.publishAll(crowd, 5, 1); err != nil { // warm up
		return r, err
	}
	from, err := s.cpu()
	if err != nil {
		return r, err
	}
	if err := s.publishAll(crowd, publications, inFlight); err != nil {
		return r, err
	}
	to, err := s.cpu()
	r.perDelivery = float64((to - from).Nanoseconds()) / 1000 / float64(subscribers*publications)
	return r, err
}

// publishAll publishes, and waits until every subscriber has everything. One at
// a time means that the next begins when everyone has the last.
func (s *server) publishAll(c *crowd, publications, inFlight int) error {
	base := c.got.Load()
	everyone := int64(len(c.conns))
	if inFlight == 1 {
		for i := range publications {
			if err := s.publish(); err != nil {
				return err
			}
			if err := c.wait(base + int64(i+1)*everyone); err != nil {
				return err
			}
		}
		return nil
	}
	var left atomic.Int64
	left.Store(int64(publications))
	errs := make([]error, inFlight)
	var wg sync.WaitGroup
	var pipe sync.Mutex // the floor has one pipe
	for i := range inFlight {
		wg.Go(func() {
			for errs[i] == nil && left.Add(-1) >= 0 {
				if !s.hub {
					pipe.Lock()
				}
				errs[i] = s.publish()
				if !s.hub {
					pipe.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(append(errs, c.wait(base+int64(publications)*everyone))...)
}

// crowd are the subscribers: one epoll loop that counts markers.
type crowd struct {
	conns []int
	epoll int
	got   atomic.Int64
	done  chan struct{}
	stop  [2]int
}

// gather connects and subscribes n subscribers, a few at a time.
func (s *server) gather(n int) (*crowd, error) {
	c := &crowd{conns: make([]int, n), done: make(chan struct{})}
	var err error
	if c.epoll, err = unix.EpollCreate1(0); err != nil {
		return c, err
	}
	var wg sync.WaitGroup
	places := make(chan struct{}, 32)
	errs := make([]error, n)
	for i := range n {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			c.conns[i], errs[i] = s.join(i)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return c, err
	}
	if err := unix.Pipe(c.stop[:]); err != nil {
		return c, err
	}
	for _, fd := range append(c.conns, c.stop[0]) {
		if err := unix.EpollCtl(c.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}); err != nil {
			return c, err
		}
	}
	go c.count()
	return c, nil
}

// join is one subscriber's way in. It returns the socket, outside of Go's
// poller.
func (s *server) join(i int) (int, error) {
	// Each loopback address has ports of its own.
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+i/10000))}, Timeout: patience}
	conn, err := dialer.Dial("tcp", s.addr)
	if err != nil {
		return -1, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return -1, err
	}
	if err := s.subscribe(conn, i); err != nil {
		return -1, err
	}
	file, err := conn.(*net.TCPConn).File()
	if err != nil {
		return -1, err
	}
	defer func() { _ = file.Close() }()
	fd, err := unix.Dup(int(file.Fd()))
	if err == nil {
		err = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}) // leave no port behind
	}
	return fd, errors.Join(err, unix.SetNonblock(fd, true))
}

func (s *server) subscribe(conn net.Conn, i int) error {
	upgrade := "GET /ws HTTP/1.1\r\nHost: " + s.addr + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
	if _, err := conn.Write([]byte(upgrade)); err != nil {
		return err
	}
	var seen []byte
	buf := make([]byte, 4096)
	until := func(text string) error {
		for !bytes.Contains(seen, []byte(text)) {
			n, err := conn.Read(buf)
			if err != nil {
				return fmt.Errorf("waiting for %s behind %q: %w", text, seen, err)
			}
			seen = append(seen, buf[:n]...)
		}
		return nil
	}
	if err := until("\r\n\r\n"); err != nil {
		return err
	}
	if !s.hub {
		return nil
	}
	if s.sign != nil {
		token, err := s.sign(i)
		if err != nil {
			return err
		}
		if _, err := conn.Write(masked(`{"action":"auth","token":"` + token + `"}`)); err != nil {
			return err
		}
	}
	if err := until(`"hello"`); err != nil {
		return err
	}
	if _, err := conn.Write(masked(`{"action":"subscribe","topic":"` + topic + `"}`)); err != nil {
		return err
	}
	return until(`"subscribed"`)
}

// masked builds a text frame. The mask is zero, which leaves the text as it is.
func masked(text string) []byte {
	b := []byte{0x81, 0x80 | byte(len(text))}
	if len(text) > 125 {
		b = []byte{0x81, 0x80 | 126, byte(len(text) >> 8), byte(len(text))}
	}
	return append(append(b, 0, 0, 0, 0), text...)
}

// count reads whatever comes, and counts markers.
func (c *crowd) count() {
	defer close(c.done)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	buf := make([]byte, 256<<10)
	events := make([]unix.EpollEvent, 512)
	for {
		n, err := unix.EpollWait(c.epoll, events, -1)
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return
		}
		for _, e := range events[:max(n, 0)] {
			if int(e.Fd) == c.stop[0] {
				return
			}
			if r, _ := unix.Read(int(e.Fd), buf); r > 0 {
				c.got.Add(int64(bytes.Count(buf[:r], []byte{marker})))
			}
		}
	}
}

// wait returns when so many markers have come.
func (c *crowd) wait(target int64) error {
	for deadline := time.Now().Add(patience); c.got.Load() < target; runtime.Gosched() {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d deliveries after %v", c.got.Load(), target, patience)
		}
		time.Sleep(20 * time.Microsecond)
	}
	return nil
}

// leave closes every connection.
func (c *crowd) leave() {
	if c.stop[1] != 0 {
		_ = unix.Close(c.stop[1]) // wakes count
		<-c.done
		_ = unix.Close(c.stop[0])
	}
	for _, fd := range c.conns {
		if fd > 0 {
			_ = unix.Close(fd)
		}
	}
	_ = unix.Close(c.epoll)
}
