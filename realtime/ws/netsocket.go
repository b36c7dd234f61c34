package ws

import "net"

// netReadBuffer is how many bytes a goroutine that reads holds.
const netReadBuffer = 2 << 10

// netWriteBytes is the most that is written at a time, so that a slow reader of a large
// message does not look like one that reads nothing.
const netWriteBytes = 16 << 10

// netSocket drives any net.Conn with goroutines: one reads, and another one writes while
// something waits, since a write may block.
type netSocket struct {
	nc   net.Conn
	conn *Conn

	// Guarded by conn.mu. A goroutine writes while writing is set; when the queue is
	// empty it closes the writing half if finish is set.
	writing, finish, closed bool
}

// write implements socket: it leaves everything to a goroutine. Call it with conn.mu held.
func (s *netSocket) write([]byte) (int, error) {
	if !s.writing {
		s.writing = true
		go s.drain()
	}
	return 0, errAgain
}

// drain writes until the queue is empty.
func (s *netSocket) drain() {
	for {
		next, ok := s.next()
		if !ok {
			return
		}
		s.conn.wrote(s.writeAll(next))
	}
}

// writeAll writes b, and notes its progress.
func (s *netSocket) writeAll(b []byte) (n int, err error) {
	for {
		m, err := s.nc.Write(b[n:min(len(b), n+netWriteBytes)])
		if n += m; err != nil || n == len(b) {
			return n, err
		}
		s.conn.noteProgress()
	}
}

// next returns the bytes to write, or false when the writing ends.
func (s *netSocket) next() ([]byte, bool) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	if !s.closed && !s.conn.out.empty() {
		return s.conn.out.beginWrite(), true
	}
	s.writing = false
	if s.finish && !s.closed {
		closeWrite(s.nc)
	}
	return nil, false
}

// shutdown implements socket. Call it with conn.mu held.
func (s *netSocket) shutdown() {
	s.finish = true
	if !s.writing {
		s.writing = true
		go s.drain() // closing TLS writes
	}
}

// closeWrite closes the writing half, where the connection has one.
func closeWrite(nc net.Conn) {
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // an error means that the peer is gone
	}
}

// close implements socket. Call it with conn.mu held.
func (s *netSocket) close() {
	s.closed = true
	go func() { _ = s.nc.Close() }() // closing TLS writes
}

// start implements starter.
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
			s.conn.abort()
			return
		}
	}
}
