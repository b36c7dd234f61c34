package ws

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// firstWord is how long a connection that says nothing is kept from the server.
const firstWord = time.Second

// shortcut is a TCP listener that keeps handshakes to itself.
type shortcut struct {
	net.Listener
	handler *Handler
	start   string // what a handshake begins with
	door    *os.File
	raw     syscall.RawConn
}

func (h *Handler) shortcut(l net.Listener, path string) (net.Listener, error) {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return l, nil
	}
	door, err := duplicate(tcp)
	if err != nil {
		return nil, fmt.Errorf("listening for handshakes: %w", err)
	}
	raw, err := door.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, door.Close())
	}
	return &shortcut{Listener: l, handler: h, start: "GET " + path, door: door, raw: raw}, nil
}

// duplicate returns the listener's socket in the runtime's poller: a
// TCPListener does not let others wait for it. Connections inherit that they do
// not delay what they send, and come up with their first bytes.
func duplicate(l *net.TCPListener) (*os.File, error) {
	raw, err := l.SyscallConn()
	if err != nil {
		return nil, err
	}
	fd := -1
	var failed error
	err = raw.Control(func(from uintptr) {
		failed = errors.Join(
			unix.SetsockoptInt(int(from), unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
			unix.SetsockoptInt(int(from), unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, int(firstWord/time.Second)),
		)
		if failed == nil {
			fd, failed = unix.FcntlInt(from, unix.F_DUPFD_CLOEXEC, 0)
		}
	})
	if err := errors.Join(err, failed); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "listener"), nil
}

// Close implements [net.Listener].
func (s *shortcut) Close() error { return errors.Join(s.door.Close(), s.Listener.Close()) }

// Accept implements [net.Listener].
func (s *shortcut) Accept() (net.Conn, error) {
	buf := readBuffers.Get().(*[readBuffer]byte)
	defer readBuffers.Put(buf)
	for {
		fd, from, err := s.next()
		if err != nil {
			return nil, &net.OpError{Op: "accept", Net: s.Addr().Network(), Addr: s.Addr(), Err: err}
		}
		n := max(0, readOnce(fd, buf[:]))
		if s.take(fd, from, buf[:n]) {
			continue
		}
		if nc, err := connOf(fd, buf[:n]); err == nil {
			return nc, nil
		} // else the peer is gone, or there is no descriptor left: as if it had not come
	}
}

// next waits for a connection. Its errors are such that an [http.Server] can
// tell those that pass, as want of descriptors does.
func (s *shortcut) next() (fd int, from netip.AddrPort, err error) {
	if waitErr := s.raw.Read(func(door uintptr) bool {
		fd, from, err = acceptOne(int(door))
		return err != unix.EAGAIN
	}); waitErr != nil {
		return -1, from, waitErr
	}
	return fd, from, os.NewSyscallError("accept4", err)
}

// acceptOne takes the next connection that is still there. The poller tells of
// new connections only, so one that is gone must not leave others waiting.
func acceptOne(door int) (fd int, from netip.AddrPort, err error) {
	for {
		fd, sa, err := unix.Accept4(door, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		switch err {
		case nil:
			return fd, addrPortOf(sa), nil
		case unix.EINTR, unix.ECONNABORTED:
		default:
			return -1, from, err
		}
	}
}

func addrPortOf(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr).Unmap(), uint16(sa.Port))
	}
	return netip.AddrPort{}
}

// take opens a session if b is a handshake that the handler would agree to. The
// descriptor is then no longer the caller's.
func (s *shortcut) take(fd int, from netip.AddrPort, b []byte) bool {
	r, early := cutHandshake(b, s.start)
	if r == nil {
		return false
	}
	r.RemoteAddr = from.String()
	addr, ok := s.admits(r)
	if !ok {
		return false
	}
	h := s.handler
	session, err := h.hub.Admit(addr)
	if err != nil {
		return false // the server asks again, and says so
	}
	c := newConn(h.limits(), handshakeAnswer(r.Header.Get("Sec-WebSocket-Key")))
	socket, err := adopt(fd, c)
	if err != nil {
		h.opened(r, session, errors.Join(err, unix.Close(fd)))
		return true
	}
	endpoint := &client{Session: session, conn: c}
	c.socket, c.end = socket, endpoint
	endpoint.attach()
	if len(early) > 0 {
		go c.begin(early) // a message may take its time
	} else {
		c.begin(nil)
	}
	return true
}

// admits tells whether the handler would ask for a session, and for which
// address. What it asks of its Options is not the package's own: a panic there
// would end the process here; the server, which asks again, has it end no more
// than the request, and logs it.
func (s *shortcut) admits(r *http.Request) (addr netip.Addr, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	if s.handler.check(r) != nil || checkHandshake(r) != nil {
		return addr, false
	}
	return s.handler.opts.ClientAddress(r), true
}

// readOnce reads what is there; less than nothing is an error.
func readOnce(fd int, b []byte) int {
	n, err := unix.Read(fd, b)
	if err != nil {
		return -1
	}
	return n
}

// connOf hands the descriptor over to the runtime.
func connOf(fd int, begun []byte) (net.Conn, error) {
	file := os.NewFile(uintptr(fd), "connection")
	defer func() { _ = file.Close() }() // FileConn has a duplicate
	nc, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	return newBegunConn(nc.(*net.TCPConn), bytes.Clone(begun)), nil
}
