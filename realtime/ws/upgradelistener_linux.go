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

// deferAccept is how long the kernel keeps a connection that sends nothing.
const deferAccept = time.Second

// upgradeListener is a TCP listener that upgrades handshakes itself.
type upgradeListener struct {
	net.Listener
	handler *Handler
	start   string // how a handshake starts
	file    *os.File
	raw     syscall.RawConn
}

func (h *Handler) newUpgradeListener(l net.Listener, path string) (net.Listener, error) {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return l, nil
	}
	file, err := duplicate(tcp)
	if err != nil {
		return nil, fmt.Errorf("listening for handshakes: %w", err)
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &upgradeListener{Listener: l, handler: h, start: "GET " + path, file: file, raw: raw}, nil
}

// duplicate returns the listener's socket as a file, which can be waited for: a
// TCPListener cannot. Connections inherit TCP_NODELAY and TCP_DEFER_ACCEPT.
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
			unix.SetsockoptInt(int(from), unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, int(deferAccept/time.Second)),
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
func (s *upgradeListener) Close() error { return errors.Join(s.file.Close(), s.Listener.Close()) }

// Accept implements [net.Listener].
func (s *upgradeListener) Accept() (net.Conn, error) {
	buf := readBuffers.Get().(*[readBuffer]byte)
	defer readBuffers.Put(buf)
	for {
		fd, from, err := s.next()
		if err != nil {
			return nil, &net.OpError{Op: "accept", Net: s.Addr().Network(), Addr: s.Addr(), Err: err}
		}
		n := max(0, readOnce(fd, buf[:]))
		if s.upgrade(fd, from, buf[:n]) {
			continue
		}
		if nc, err := newNetConn(fd, buf[:n]); err == nil {
			return nc, nil
		} // else the peer is gone, or there is no descriptor left: drop it
	}
}

// next waits for a connection. An [http.Server] recognizes those of its errors that are
// temporary, such as a lack of descriptors.
func (s *upgradeListener) next() (fd int, from netip.AddrPort, err error) {
	if waitErr := s.raw.Read(func(listener uintptr) bool {
		fd, from, err = acceptOne(int(listener))
		return err != unix.EAGAIN
	}); waitErr != nil {
		return -1, from, waitErr
	}
	return fd, from, os.NewSyscallError("accept4", err)
}

// acceptOne accepts the next connection. The poller is edge-triggered, so it goes on after
// a connection that was aborted: others may wait behind it.
func acceptOne(listener int) (fd int, from netip.AddrPort, err error) {
	for {
		fd, sa, err := unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
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

// upgrade opens a session if b is a handshake that the handler would accept. The
// descriptor then no longer belongs to the caller.
func (s *upgradeListener) upgrade(fd int, from netip.AddrPort, b []byte) bool {
	r, early := parseHandshake(b, s.start)
	if r == nil {
		return false
	}
	r.RemoteAddr = from.String()
	addr, ok := s.allows(r)
	if !ok {
		return false
	}
	h := s.handler
	session, err := h.hub.Admit(addr)
	if err != nil {
		return false // the server asks again, and answers
	}
	c := newConn(h.limits(), newUpgradeAnswer(r.Header.Get("Sec-WebSocket-Key")))
	socket, err := adoptFD(fd, c)
	if err != nil {
		h.upgraded(r, session, errors.Join(err, unix.Close(fd)))
		return true
	}
	endpoint := &sessionEndpoint{Session: session, conn: c}
	c.socket, c.end = socket, endpoint
	endpoint.attach()
	if len(early) > 0 {
		go c.start(early) // a message may take long
	} else {
		c.start(nil)
	}
	return true
}

// allows reports whether the handler would ask the hub for a session, and for which
// address. The functions of Options may panic. Here that would end the process, so the
// request is left to the server, which recovers and logs it.
func (s *upgradeListener) allows(r *http.Request) (addr netip.Addr, ok bool) {
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

// readOnce reads what is there; -1 means an error.
func readOnce(fd int, b []byte) int {
	n, err := unix.Read(fd, b)
	if err != nil {
		return -1
	}
	return n
}

// newNetConn moves the descriptor to the runtime's poller.
func newNetConn(fd int, prefix []byte) (net.Conn, error) {
	file := os.NewFile(uintptr(fd), "connection")
	defer func() { _ = file.Close() }() // FileConn has a duplicate
	nc, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	return newPrefixConn(nc.(*net.TCPConn), bytes.Clone(prefix)), nil
}
