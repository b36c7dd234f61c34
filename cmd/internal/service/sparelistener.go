package service

import (
	"errors"
	"net"
	"os"
	"slices"
	"sync"
)

// spareListener goes on when the process has no descriptor left: it keeps a spare one,
// with which it takes a connection and closes it. Otherwise all newcomers would wait
// until a descriptor is free, and nobody would know why.
type spareListener struct {
	net.Listener
	refused func(address, reason string)

	mu    sync.Mutex // guards spare: a listener may be closed while it accepts
	spare *os.File   // nil while it is lent
	gone  bool
}

// SpareListener returns a listener that closes the connections for which there is no
// descriptor. Refused gets their addresses.
func SpareListener(inner net.Listener, refused func(address, reason string)) net.Listener {
	l := &spareListener{Listener: inner, refused: refused}
	l.takeSpare()
	return l
}

// takeSpare reports whether there is a spare descriptor now.
func (l *spareListener) takeSpare() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spare == nil && !l.gone {
		l.spare, _ = os.Open(os.DevNull) // nil where there is none left
	}
	return l.spare != nil
}

// lendSpare makes room for a connection, and reports whether it could.
func (l *spareListener) lendSpare() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spare == nil {
		return false
	}
	_ = l.spare.Close()
	l.spare = nil
	return true
}

// Accept implements [net.Listener].
func (l *spareListener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if !isOutOfDescriptors(err) || !l.lendSpare() {
			return nc, err // of an error that passes the server tries again
		}
		nc, err = l.Listener.Accept()
		if room := l.takeSpare(); room || err != nil && !isOutOfDescriptors(err) {
			return nc, err
		}
		if err == nil {
			_ = nc.Close() // no request was read: there is nothing to answer
			l.takeSpare()
			l.refused(nc.RemoteAddr().String(), RefusedDescriptors)
		}
	}
}

func isOutOfDescriptors(err error) bool {
	return slices.ContainsFunc(outOfDescriptors, func(out error) bool { return errors.Is(err, out) })
}

// Close implements [net.Listener].
func (l *spareListener) Close() error {
	l.mu.Lock()
	l.gone = true
	l.mu.Unlock()
	l.lendSpare()
	return l.Listener.Close()
}
