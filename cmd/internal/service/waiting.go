package service

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// Waiting are an [http.Server]'s connections that have asked for nothing, or not yet
// finished to ask. While descriptors are scarce the one that has waited longest makes
// room for one that comes: so connections that say nothing keep out nobody who does.
type Waiting struct {
	room func() bool // static: reports whether descriptors are not scarce

	mu      sync.Mutex // guards what follows
	longest *list.List // of net.Conn, the one that has waited longest first
	places  map[net.Conn]*list.Element
}

// NewWaiting returns an empty one.
func NewWaiting(room func() bool) *Waiting {
	return &Waiting{room: room, longest: list.New(), places: make(map[net.Conn]*list.Element)}
}

// State is an [http.Server]'s ConnState.
func (w *Waiting) State(nc net.Conn, state http.ConnState) {
	if state == http.StateNew && !w.room() {
		w.end()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if place, waits := w.places[nc]; waits {
		w.longest.Remove(place)
		delete(w.places, nc)
	}
	if state == http.StateNew || state == http.StateIdle {
		w.places[nc] = w.longest.PushBack(nc)
	}
}

// end closes the connection that has waited longest.
func (w *Waiting) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if place := w.longest.Front(); place != nil {
		nc := w.longest.Remove(place).(net.Conn)
		delete(w.places, nc)
		_ = nc.Close() // it has asked for nothing
	}
}
