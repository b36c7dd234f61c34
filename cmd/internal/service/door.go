package service

import (
	"errors"
	"net"
	"os"
	"slices"
	"sync"
)

// door is a listener that goes on when the process has no descriptor left: it keeps
// a spare one, with which it takes a connection and closes it. Otherwise all who come
// would wait until a descriptor is free, and nobody would know why.
type door struct {
	net.Listener
	refused func(address, reason string)

	mu    sync.Mutex // guards spare: a listener may be closed while it accepts
	spare *os.File   // nil while it is lent
	gone  bool
}

// Door returns the listener, which closes connections that there is no descriptor
// for, and calls refused for each.
func Door(l net.Listener, refused func(address, reason string)) net.Listener {
	d := &door{Listener: l, refused: refused}
	d.takeSpare()
	return d
}

// takeSpare reports whether there is a spare descriptor now.
func (d *door) takeSpare() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.spare == nil && !d.gone {
		d.spare, _ = os.Open(os.DevNull) // nil where there is none left
	}
	return d.spare != nil
}

// lendSpare makes room for a connection, and reports whether it could.
func (d *door) lendSpare() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.spare == nil {
		return false
	}
	_ = d.spare.Close()
	d.spare = nil
	return true
}

// Accept implements [net.Listener].
func (d *door) Accept() (net.Conn, error) {
	for {
		nc, err := d.Listener.Accept()
		if !isOutOfDescriptors(err) || !d.lendSpare() {
			return nc, err // of an error that passes the server tries again
		}
		nc, err = d.Listener.Accept()
		if room := d.takeSpare(); room || err != nil && !isOutOfDescriptors(err) {
			return nc, err
		}
		if err == nil {
			_ = nc.Close() // nothing was said: nobody to tell
			d.takeSpare()
			d.refused(nc.RemoteAddr().String(), RefusedDescriptors)
		}
	}
}

func isOutOfDescriptors(err error) bool {
	return slices.ContainsFunc(outOfDescriptors, func(out error) bool { return errors.Is(err, out) })
}

// Close implements [net.Listener].
func (d *door) Close() error {
	d.mu.Lock()
	d.gone = true
	d.mu.Unlock()
	d.lendSpare()
	return d.Listener.Close()
}
