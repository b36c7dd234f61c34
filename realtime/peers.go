package realtime

import (
	"net/netip"
	"slices"
	"sync"
)

// peers knows which sessions belong to whom.
type peers struct {
	mu        sync.Mutex // guards everything below
	addresses map[netip.Addr]int
	users     map[string][]*Session
	logins    map[string][]*Session
	tokens    map[string][]*Session
}

func (p *peers) init() {
	p.addresses = make(map[netip.Addr]int)
	p.users = make(map[string][]*Session)
	p.logins = make(map[string][]*Session)
	p.tokens = make(map[string][]*Session)
}

// reserve counts one more session of the address, unless that is too many.
func (p *peers) reserve(addr netip.Addr, limit int) bool {
	if !addr.IsValid() {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if exceeds(p.addresses[addr]+1, limit) {
		return false
	}
	p.addresses[addr]++
	return true
}

func (p *peers) unreserve(addr netip.Addr) {
	if !addr.IsValid() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.addresses[addr]--; p.addresses[addr] <= 0 {
		delete(p.addresses, addr)
	}
}

// enter files the session under its identity, unless the user has too many.
func (p *peers) enter(s *Session, who Identity, limit int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if who.User != "" && exceeds(len(p.users[who.User])+1, limit) {
		return false
	}
	file(p.users, who.User, s)
	file(p.logins, who.Session, s)
	file(p.tokens, who.Token, s)
	return true
}

func (p *peers) leave(s *Session, who Identity) {
	p.mu.Lock()
	defer p.mu.Unlock()
	unfile(p.users, who.User, s)
	unfile(p.logins, who.Session, s)
	unfile(p.tokens, who.Token, s)
}

// find returns the sessions filed under the key, safe to keep.
func (p *peers) find(index map[string][]*Session, key string) []*Session {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(index[key])
}

func file(index map[string][]*Session, key string, s *Session) {
	if key != "" {
		index[key] = append(index[key], s)
	}
}

func unfile(index map[string][]*Session, key string, s *Session) {
	all := index[key]
	i := slices.Index(all, s)
	switch {
	case i < 0:
	case len(all) == 1:
		delete(index, key)
	default:
		index[key] = slices.Delete(all, i, i+1)
	}
}
