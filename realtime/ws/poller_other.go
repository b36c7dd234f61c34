//go:build !linux

package ws

import "net"

// adoptConn returns nil: only Linux has a poller of our own.
func adoptConn(net.Conn, *Conn) (starter, error) { return nil, nil }

// rawSocket is empty: see adoptConn.
type rawSocket struct{}
