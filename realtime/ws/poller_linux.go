package ws

import (
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pollEvents is how many ready sockets are taken from the kernel at a time.
const pollEvents = 256

// readBuffer is how many bytes are read from a socket at a time.
const readBuffer = 16 << 10

// maxIdleReaders is how many readers are kept while they have nothing to read.
const maxIdleReaders = 64

// poller watches sockets by epoll, edge-triggered. One goroutine runs the loop: it finds
// the socket of each event and writes what waits. Readers, each a goroutine, read the
// sockets and handle the messages.
type poller struct {
	epoll int      // static
	file  *os.File // the epoll descriptor in the runtime's own poller

	// handoff passes a socket to an idle reader, whose stack has grown already.
	handoff     chan *rawSocket
	idleReaders atomic.Int32
	ended       chan struct{} // closed with the poller

	mu sync.RWMutex // guards everything below
	// sockets by descriptor. The kernel reuses a descriptor once it is closed, so each
	// event carries the generation of its socket.
	sockets    []*rawSocket
	generation int32
}

// shared is the process's poller. It exists while there are sockets, so that a program
// that has closed all of them has no goroutine left.
var shared struct {
	sync.Mutex
	poller *poller
	users  int
}

// acquirePoller returns the process's poller. Each call needs one of releasePoller.
func acquirePoller() (*poller, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.poller == nil {
		p, err := newPoller()
		if err != nil {
			return nil, err
		}
		shared.poller = p
	}
	shared.users++
	return shared.poller, nil
}

func releasePoller() {
	shared.Lock()
	defer shared.Unlock()
	if shared.users--; shared.users == 0 {
		_ = shared.poller.file.Close() // ends run
		close(shared.poller.ended)
		shared.poller = nil
	}
}

func newPoller() (*poller, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	// An epoll descriptor can itself be polled. In the runtime's poller, waiting costs a
	// parked goroutine. A blocking epoll_wait would keep a thread, and wake the scheduler
	// twice for each event.
	if err := unix.SetNonblock(epoll, true); err != nil {
		return nil, errors.Join(os.NewSyscallError("fcntl", err), unix.Close(epoll))
	}
	p := &poller{
		epoll: epoll, file: os.NewFile(uintptr(epoll), "epoll"), handoff: make(chan *rawSocket), ended: make(chan struct{}),
	}
	raw, err := p.file.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, p.file.Close())
	}
	go p.run(raw)
	return p, nil
}

func (p *poller) run(raw syscall.RawConn) {
	events := make([]unix.EpollEvent, pollEvents)
	for {
		n := 0
		err := raw.Read(func(fd uintptr) bool {
			n, _ = unix.EpollWait(int(fd), events, 0)
			return n > 0
		})
		if err != nil {
			return // the last socket is closed
		}
		for i := range events[:n] {
			if s := p.lookup(&events[i]); s != nil {
				s.ready(events[i].Events)
			}
		}
	}
}

// dispatch has a reader read the socket.
func (p *poller) dispatch(s *rawSocket) {
	select {
	case p.handoff <- s:
	default:
		go p.reader(s)
	}
}

// reader reads one socket after the other.
func (p *poller) reader(s *rawSocket) {
	for {
		s.readUntilIdle()
		if p.idleReaders.Add(1) > maxIdleReaders {
			p.idleReaders.Add(-1)
			return
		}
		select {
		case s = <-p.handoff:
			p.idleReaders.Add(-1)
		case <-p.ended:
			return
		}
	}
}

func (p *poller) lookup(e *unix.EpollEvent) *rawSocket {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if s := p.sockets[e.Fd]; s != nil && s.generation == e.Pad {
		return s
	}
	return nil
}

// adoptConn moves the connection from the runtime's poller to this one. It returns nil
// when the connection is not plain TCP, or holds bytes that were read from the socket
// already, for which no event would come.
func adoptConn(nc net.Conn, c *Conn) (starter, error) {
	if prefixed, ok := nc.(*prefixConn); ok {
		if len(prefixed.prefix) > 0 {
			return nil, nil
		}
		nc = prefixed.tcp
	}
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		return nil, nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, err
	}
	fd := -1
	var dupErr error
	err = raw.Control(func(from uintptr) { fd, dupErr = unix.FcntlInt(from, unix.F_DUPFD_CLOEXEC, 0) })
	if err == nil {
		err = os.NewSyscallError("fcntl", dupErr)
	}
	if err != nil {
		return nil, err
	}
	s, err := adoptFD(fd, c)
	if err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	_ = tcp.Close() // the duplicate keeps the connection open
	return s, nil
}

// adoptFD makes fd, which is non-blocking TCP, the connection's socket. On an error fd
// still belongs to the caller.
func adoptFD(fd int, c *Conn) (*rawSocket, error) {
	p, err := acquirePoller()
	if err != nil {
		return nil, err
	}
	c.raw.poller, c.raw.fd, c.raw.conn = p, fd, c
	return &c.raw, nil
}

// rawSocket is a non-blocking TCP socket outside the runtime's poller.
type rawSocket struct {
	poller     *poller // static
	fd         int     // static
	conn       *Conn   // static
	generation int32   // guarded by poller.mu
	// pending counts events that no reader has handled. A reader runs while there are
	// any.
	pending atomic.Int32
	// hungUp is set when the peer has closed its half, or the connection broke.
	hungUp atomic.Bool
	// closed is set when fd is closed; guarded by conn.mu.
	closed bool
}

// register adds the socket to the poller. What can be read already is an event. Call it
// with conn.mu held.
func (s *rawSocket) register() error {
	p := s.poller
	p.mu.Lock()
	for len(p.sockets) <= s.fd {
		p.sockets = append(p.sockets, make([]*rawSocket, max(64, len(p.sockets)))...)
	}
	p.generation++
	s.generation = p.generation
	p.sockets[s.fd] = s
	p.mu.Unlock()
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, s.fd, &unix.EpollEvent{
		Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | uint32(unix.EPOLLET&0xffffffff),
		Fd:     int32(s.fd), Pad: s.generation,
	}))
}

// ready handles an event: there is something to read, or room to write. It must not
// block. It writes itself, since the reader may be handling a message that waits for the
// log.
func (s *rawSocket) ready(events uint32) {
	s.conn.flush()
	if events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		s.hungUp.Store(true)
	} else if events&unix.EPOLLIN == 0 {
		return
	}
	if s.pending.Add(1) == 1 {
		s.poller.dispatch(s)
	}
}

// start implements starter.
func (s *rawSocket) start(early []byte) {
	s.pending.Store(1) // keeps the first event from starting a reader
	s.conn.mu.Lock()
	err := errClosed
	if !s.closed {
		err = s.register()
	}
	s.conn.mu.Unlock()
	if err != nil {
		s.conn.abort()
		return
	}
	s.conn.feed(early)
	if !s.pending.CompareAndSwap(1, 0) {
		s.poller.dispatch(s)
	}
}

// readUntilIdle reads until no further event has come. Only one runs at a time for a
// socket, so messages are handled one after the other.
func (s *rawSocket) readUntilIdle() {
	for {
		seen := s.pending.Load()
		if !s.readAll() {
			s.conn.abort()
			return // pending stays above 0: no reader starts again
		}
		if s.pending.CompareAndSwap(seen, 0) {
			return
		}
	}
}

var readBuffers = sync.Pool{New: func() any { return new([readBuffer]byte) }}

// readAll reads until the socket is empty. It returns false when the peer is gone. A
// short read means that the socket is empty and that what comes later is another event,
// unless the end of the stream came with this one.
func (s *rawSocket) readAll() bool {
	buf := readBuffers.Get().(*[readBuffer]byte)
	defer readBuffers.Put(buf)
	for {
		n, err := s.read(buf[:])
		switch {
		case err == syscall.EAGAIN:
			return true
		case err == syscall.EINTR:
			continue
		case err != 0 || n == 0:
			return false
		}
		s.conn.feed(buf[:n])
		if n < len(buf) && !s.hungUp.Load() {
			return true
		}
	}
}

// read reads without blocking. RawSyscall does not notify the scheduler, which would
// cost more than the call.
func (s *rawSocket) read(b []byte) (int, syscall.Errno) {
	s.conn.mu.Lock() // keeps close from freeing the descriptor meanwhile
	defer s.conn.mu.Unlock()
	if s.closed {
		return 0, 0
	}
	n, _, err := syscall.RawSyscall(syscall.SYS_READ, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	return int(n), err
}

// write implements socket. Call it with conn.mu held.
func (s *rawSocket) write(b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		n, _, err := syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&b[sent])),
			uintptr(len(b)-sent), syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL, 0, 0)
		switch err {
		case 0:
			sent += int(n)
		case syscall.EINTR:
		case syscall.EAGAIN:
			return sent, errAgain
		default:
			return sent, err
		}
	}
	return sent, nil
}

// shutdown implements socket. Call it with conn.mu held.
func (s *rawSocket) shutdown() { _ = unix.Shutdown(s.fd, unix.SHUT_WR) }

// close implements socket. Call it with conn.mu held.
func (s *rawSocket) close() {
	s.closed = true
	s.poller.mu.Lock()
	if s.fd < len(s.poller.sockets) { // else it was never registered
		s.poller.sockets[s.fd] = nil
	}
	s.poller.mu.Unlock()
	_ = unix.Close(s.fd) // which removes it from epoll: there is no duplicate
	releasePoller()
}
