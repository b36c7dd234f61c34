package clientip_test

import (
	"net/netip"
	"testing"

	"github.com/familygifting/tidings/internal/clientip"
)

func TestNetwork(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "::1": "::",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::", "2001:db8:1:3:3:4:5:6": "2001:db8:1:3::", "fe80::1%eth0": "fe80::",
	} {
		if got := clientip.Network(netip.MustParseAddr(addr)); got.String() != want {
			t.Errorf("Network(%s) = %s; want %s", addr, got, want)
		}
	}
	if got := clientip.Network(netip.Addr{}); got.IsValid() {
		t.Errorf("Network of nothing = %s", got)
	}
}
