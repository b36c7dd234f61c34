//go:build !linux

package ws

import "net"

// takeOver returns nil: only Linux has a poller of our own.
func takeOver(net.Conn, *Conn) (starter, error) { return nil, nil }

// rawSocket has nothing to hold.
type rawSocket struct{}
