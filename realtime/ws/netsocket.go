package ws

import "net"

// netReadBuffer is how many bytes a goroutine that reads holds.
const netReadBuffer = 2 << 10

// netWriteBytes is the most that is written at a time, so that a reader that takes
// its time over a large message is not taken for one that takes nothing.
const netWriteBytes = 16 << 10

// netSocket drives any net.Conn with goroutines: one that reads, and one that
// writes while something waits, since a write may block.
type netSocket struct {
	nc   net.Conn
	conn *Conn

	// Guarded by conn.mu: whether the writing goroutine is there, and what it is
	// to do when the queue is empty.
	writing, finish, gone bool
}

// write implements socket: it takes nothing, and has a goroutine take it.
func (s *netSocket) write([]byte) (int, error) {
	if !s.writing {
		s.writing = true
		go s.drain()
	}
	return 0, errAgain
}

// drain writes what waits until nothing is left.
func (s *netSocket) drain() {
	for {
		next, ok := s.next()
		if !ok {
			return
		}
		s.conn.wrote(s.writeAll(next))
	}
}

// writeAll writes b, and says so as it goes on.
func (s *netSocket) writeAll(b []byte) (n int, err error) {
	for {
		m, err := s.nc.Write(b[n:min(len(b), n+netWriteBytes)])
		if n += m; err != nil || n == len(b) {
			return n, err
		}
		s.conn.moves()
	}
}

// next returns what is to be written, or ends the writing.
func (s *netSocket) next() ([]byte, bool) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	if !s.gone && !s.conn.out.empty() {
		return s.conn.out.lend(), true
	}
	s.writing = false
	if s.finish && !s.gone {
		closeWrite(s.nc)
	}
	return nil, false
}

// shutdown implements socket. It is called under conn.mu.
func (s *netSocket) shutdown() {
	s.finish = true
	if !s.writing {
		s.writing = true
		go s.drain() // closing TLS writes, too
	}
}

// closeWrite says that nothing further comes, where the connection can.
func closeWrite(nc net.Conn) {
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // the peer has gone first: all the same
	}
}

// close implements socket. It is called under conn.mu.
func (s *netSocket) close() {
	s.gone = true
	go func() { _ = s.nc.Close() }() // closing TLS writes
}

// start begins to read. Early is what came along with the handshake.
func (s *netSocket) start(early []byte) {
	go func() {
		s.conn.feed(early)
		s.readAll()
	}()
}

// readAll reads until the peer is gone.
func (s *netSocket) readAll() {
	buf := make([]byte, netReadBuffer)
	for {
		n, err := s.nc.Read(buf)
		s.conn.feed(buf[:n])
		if err != nil {
			s.conn.ended()
			return
		}
	}
}
