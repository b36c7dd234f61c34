package localnet

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
)

// MayBePlain reports whether an http URL may name the host: one of this machine, or,
// where private is set, of a private network. Of a name only the dialer finds out where
// it leads: see [OnlyNear].
func MayBePlain(host string, private bool) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return private
	}
	return near(addr, private)
}

// near reports whether an address is one of this machine, or of a private network.
func near(addr netip.Addr, private bool) bool {
	addr = addr.Unmap()
	return addr.IsLoopback() || private && (addr.IsPrivate() || addr.IsLinkLocalUnicast())
}

// OnlyNear is the ControlContext of a dialer for a plain URL, which keeps it from leading
// out of the private network. It is asked about each address that is dialed, so a name
// cannot lead elsewhere later on.
func OnlyNear(private bool) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !near(to.Addr(), private) {
			return fmt.Errorf("%s is not in a private network, and the URL is not https", address)
		}
		return nil
	}
}
