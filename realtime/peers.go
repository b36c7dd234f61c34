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
	p.file(s, who)
	return true
}

// move files the session under another identity, in one step: whoever looks for
// its user finds it. It holds its place already.
func (p *peers) move(s *Session, from, to Identity) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unfile(s, from)
	p.file(s, to)
}

func (p *peers) leave(s *Session, who Identity) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unfile(s, who)
}

// file notes the session under all that it goes by. Call it with mu held.
func (p *peers) file(s *Session, who Identity) {
	file(p.users, who.User, s)
	file(p.logins, who.Session, s)
	file(p.tokens, who.Token, s)
}

// unfile undoes file. Call it with mu held.
func (p *peers) unfile(s *Session, who Identity) {
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
