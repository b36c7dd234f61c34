package realtime

import (
	"net/netip"
	"slices"
	"sync"
)

// registry finds sessions by address, user, login and token.
type registry struct {
	mu        sync.Mutex // guards everything below
	addresses map[netip.Addr]int
	users     map[string][]*Session
	logins    map[string][]*Session
	tokens    map[string][]*Session
}

func (r *registry) init() {
	r.addresses = make(map[netip.Addr]int)
	r.users = make(map[string][]*Session)
	r.logins = make(map[string][]*Session)
	r.tokens = make(map[string][]*Session)
}

// reserve counts one more session of the address. It returns false at the limit.
func (r *registry) reserve(addr netip.Addr, limit int) bool {
	if !addr.IsValid() {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if exceeds(r.addresses[addr]+1, limit) {
		return false
	}
	r.addresses[addr]++
	return true
}

func (r *registry) unreserve(addr netip.Addr) {
	if !addr.IsValid() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.addresses[addr]--; r.addresses[addr] <= 0 {
		delete(r.addresses, addr)
	}
}

// enter adds the session under its identity. It returns false at the user's limit.
func (r *registry) enter(s *Session, who Identity, limit int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if who.User != "" && exceeds(len(r.users[who.User])+1, limit) {
		return false
	}
	r.file(s, who)
	return true
}

// move changes the session's identity in one step, so that find never misses it. The
// session counts already.
func (r *registry) move(s *Session, from, to Identity) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unfile(s, from)
	r.file(s, to)
}

func (r *registry) leave(s *Session, who Identity) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unfile(s, who)
}

// file adds the session to all indexes. Call it with mu held.
func (r *registry) file(s *Session, who Identity) {
	file(r.users, who.User, s)
	file(r.logins, who.Session, s)
	file(r.tokens, who.Token, s)
}

// unfile undoes file. Call it with mu held.
func (r *registry) unfile(s *Session, who Identity) {
	unfile(r.users, who.User, s)
	unfile(r.logins, who.Session, s)
	unfile(r.tokens, who.Token, s)
}

// find returns the sessions with the key. The caller may keep the result.
func (r *registry) find(index map[string][]*Session, key string) []*Session {
	r.mu.Lock()
	defer r.mu.Unlock()
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
