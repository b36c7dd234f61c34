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

// maxSpareReaders is how many readers wait for work. More are made when more
// are needed, but not kept.
const maxSpareReaders = 64

// poller watches sockets by epoll, edge-triggered. It has one goroutine, which
// never does more than to look up whose turn it is and to write what waits, and
// readers, which do what the peers ask for.
type poller struct {
	epoll int      // static
	file  *os.File // the epoll descriptor in the runtime's own poller

	// turns hands a socket to a spare reader. A fresh goroutine would do, but
	// would have to grow its stack each time.
	turns chan *rawSocket
	spare atomic.Int32  // readers that wait
	ended chan struct{} // closed with the poller

	mu sync.RWMutex // guards everything below
	// sockets by descriptor. A descriptor is used again once it is closed, so an
	// event names the generation of the socket that it is about.
	sockets    []*rawSocket
	generation int32
}

// shared is the process's poller. It is there while there are sockets, so that
// a program that has closed all of them has no goroutine left.
var shared struct {
	sync.Mutex
	poller *poller
	users  int
}

// usePoller returns the process's poller, to be left again for each use.
func usePoller() (*poller, error) {
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

func leavePoller() {
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
	// An epoll descriptor can itself be polled. Handing it to the runtime makes
	// waiting cost a parked goroutine, where a blocking epoll_wait would keep a
	// thread, and wake the scheduler twice for each event.
	if err := unix.SetNonblock(epoll, true); err != nil {
		return nil, errors.Join(os.NewSyscallError("fcntl", err), unix.Close(epoll))
	}
	p := &poller{
		epoll: epoll, file: os.NewFile(uintptr(epoll), "epoll"), turns: make(chan *rawSocket), ended: make(chan struct{}),
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
			return // the last socket has gone
		}
		for i := range events[:n] {
			if s := p.lookup(&events[i]); s != nil {
				s.ready(events[i].Events)
			}
		}
	}
}

// read has a reader work on the socket.
func (p *poller) read(s *rawSocket) {
	select {
	case p.turns <- s:
	default:
		go p.reader(s)
	}
}

// reader works on one socket after the other.
func (p *poller) reader(s *rawSocket) {
	for {
		s.work()
		if p.spare.Add(1) > maxSpareReaders {
			p.spare.Add(-1)
			return
		}
		select {
		case s = <-p.turns:
			p.spare.Add(-1)
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

// takeOver moves the connection from the runtime's poller to this one. It
// returns nil when the connection is not plain TCP, or has bytes that nobody
// has read yet and that this poller would never see.
func takeOver(nc net.Conn, c *Conn) (starter, error) {
	if begun, ok := nc.(*begunConn); ok {
		if len(begun.begun) > 0 {
			return nil, nil
		}
		nc = begun.tcp
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
	s, err := adopt(fd, c)
	if err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	_ = tcp.Close() // the duplicate keeps the connection open
	return s, nil
}

// adopt makes fd, which is non-blocking TCP, the connection's socket. If it
// fails, fd is still the caller's.
func adopt(fd int, c *Conn) (*rawSocket, error) {
	p, err := usePoller()
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
	// pending counts events that the running reader has not looked at; it runs
	// while there are any.
	pending atomic.Int32
	// ending is set when the peer has closed its half, or the connection broke.
	ending atomic.Bool
	// gone is set under conn.mu when fd is closed.
	gone bool
}

// register begins to watch the socket. Whatever is there already counts as an
// event. It is called under conn.mu.
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

// ready is told that something has changed: there is something to read, or
// room to write. It must not block. Writing is done here and now, since the
// reader may be busy with a message that waits for the log.
func (s *rawSocket) ready(events uint32) {
	s.conn.flush()
	if events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		s.ending.Store(true)
	} else if events&unix.EPOLLIN == 0 {
		return
	}
	if s.pending.Add(1) == 1 {
		s.poller.read(s)
	}
}

// start begins to watch and read the socket. Early is what came along with the
// handshake.
func (s *rawSocket) start(early []byte) {
	s.pending.Store(1) // holds back the reader that the first event would start
	s.conn.mu.Lock()
	err := errClosed
	if !s.gone {
		err = s.register()
	}
	s.conn.mu.Unlock()
	if err != nil {
		s.conn.ended()
		return
	}
	s.conn.feed(early)
	if !s.pending.CompareAndSwap(1, 0) {
		s.poller.read(s)
	}
}

// work reads until nothing has become ready meanwhile. Only one runs at a
// time, so messages are handled one after the other.
func (s *rawSocket) work() {
	for {
		seen := s.pending.Load()
		if !s.readAll() {
			s.conn.ended()
			return // pending stays up: nobody starts again
		}
		if s.pending.CompareAndSwap(seen, 0) {
			return
		}
	}
}

var readBuffers = sync.Pool{New: func() any { return new([readBuffer]byte) }}

// readAll reads until the socket is empty. It returns false when the peer is
// gone. Less than was asked for means that it is empty, and what comes later is
// another event; but the end of the stream may have come along with this one.
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
		if n < len(buf) && !s.ending.Load() {
			return true
		}
	}
}

// read reads without blocking. RawSyscall spares the scheduler the news, which
// costs more than the call.
func (s *rawSocket) read(b []byte) (int, syscall.Errno) {
	s.conn.mu.Lock() // keeps close from giving the descriptor to someone else
	defer s.conn.mu.Unlock()
	if s.gone {
		return 0, 0
	}
	n, _, err := syscall.RawSyscall(syscall.SYS_READ, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	return int(n), err
}

// write implements socket. It is called under conn.mu.
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

// shutdown implements socket. It is called under conn.mu.
func (s *rawSocket) shutdown() { _ = unix.Shutdown(s.fd, unix.SHUT_WR) }

// close implements socket. It is called under conn.mu.
func (s *rawSocket) close() {
	s.gone = true
	s.poller.mu.Lock()
	if s.fd < len(s.poller.sockets) { // else it was never registered
		s.poller.sockets[s.fd] = nil
	}
	s.poller.mu.Unlock()
	_ = unix.Close(s.fd) // leaves epoll by itself: there is no duplicate
	leavePoller()
}
