package clientip

import "net/netip"

// ipv6Network is how many bits of an IPv6 address name a network: a customer of a
// provider usually owns that many addresses.
const ipv6Network = 64

// Network is what counts as one for limits by address: an IPv4 address, or the
// first address of an IPv6 network of 64 bits. It is invalid for an invalid one.
func Network(addr netip.Addr) netip.Addr {
	if addr = addr.Unmap(); !addr.Is6() {
		return addr
	}
	return netip.PrefixFrom(addr.WithZone(""), ipv6Network).Masked().Addr()
}
