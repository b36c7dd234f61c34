package ws

import (
	"bytes"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// held is a socket that notes when its descriptor is given back.
type held struct {
	paper
	closed atomic.Bool
}

func (s *held) close() { s.closed.Store(true) }

// heldWall is one that takes nothing.
type heldWall struct{ held }

func (*heldWall) write([]byte) (int, error) { return 0, errAgain }

// A peer that never answers a close, or does not even read it, keeps its
// descriptor for as long as a close may take, which is 2 s, and no longer.
// Guarantees: L6
func TestAPeerThatDoesNotAnswerAClose(t *testing.T) {
	silent, ignoring, patient := new(held), new(heldWall), new(held)
	for name, c := range map[string]struct {
		socket  starter
		closed  *atomic.Bool
		timeout time.Duration // the option
		takes   time.Duration
	}{
		"silent": {silent, &silent.closed, 0, 2 * time.Second}, "ignoring": {ignoring, &ignoring.closed, 0, 2 * time.Second},
		"given time": {patient, &patient.closed, time.Minute, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn := &Conn{limits: Limits{QueueBytes: 1 << 20, CloseTimeout: c.timeout}, end: make(verdict, 1), socket: c.socket}
				conn.Close(realtime.CloseDrain, "")
				time.Sleep(c.takes - time.Millisecond)
				if c.closed.Load() {
					t.Error("it had no time to answer")
				}
				time.Sleep(time.Millisecond)
				synctest.Wait()
				if !c.closed.Load() {
					t.Error("its descriptor is kept")
				}
			})
		})
	}
}

// sluice is a socket that takes so many bytes, and no more until it is given more
// room.
type sluice struct {
	paper
	room int
}

func (s *sluice) write(b []byte) (int, error) {
	n := min(len(b), s.room)
	s.room -= n
	s.written = append(s.written, b[:n]...)
	if n < len(b) {
		return n, errAgain
	}
	return n, nil
}

// Whatever a connection is closed for, what was queued is not sent any more: least
// of all to a login that has ended. The message that has begun is completed.
// Guarantees: A22
func TestR11WhatIsQueuedIsNotSentAfterTheLogin(t *testing.T) {
	batch, event := new(wire.Batch), wire.Event{Topic: "list:a", Event: "UPDATED", EntityID: "1"}
	for range 3 {
		batch.Add(event.Append)
	}
	frames := batch.Frames(0)
	for name, c := range map[string]struct {
		room, arrives int // bytes of the frames
	}{
		"none of it has begun": {0, 0}, "the first has begun": {10, len(frames) / 3},
	} {
		t.Run(name, func(t *testing.T) {
			socket := &sluice{room: c.room}
			conn := &Conn{limits: Limits{QueueBytes: 1 << 20}, end: make(verdict, 1), socket: socket}
			conn.Send(batch, 0, "list:a")
			conn.SendFrame(wire.OpText, []byte("an answer"))
			conn.Close(realtime.CloseSessionRevoked, "")
			socket.room = 1 << 20
			conn.flush()
			want := wire.AppendClose(bytes.Clone(frames[:c.arrives]), uint16(realtime.CloseSessionRevoked), "")
			if !bytes.Equal(socket.written, want) {
				t.Errorf("written %q; want %q", socket.written, want)
			}
			conn.abort()
		})
	}
}
