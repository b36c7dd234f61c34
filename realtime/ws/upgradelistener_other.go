//go:build !linux

package ws

import "net"

// newUpgradeListener returns l: only Linux has a poller of our own.
func (h *Handler) newUpgradeListener(l net.Listener, _ string) (net.Listener, error) { return l, nil }
