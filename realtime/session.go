package realtime

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// sessionState only moves forward. The diagram is in doc.go.
type sessionState uint8

const (
	stateAdmitted sessionState = iota // no connection yet
	stateOpen                         // connected, waits for auth
	stateLive                         // authenticated
	stateClosed
)

// Session is one connected client. A transport gets one from [Hub.Admit], attaches its
// [Conn] and calls Receive for each message.
type Session struct {
	// static after Attach
	hub    *Hub
	addr   netip.Addr
	id     string
	conn   Conn
	opened time.Time

	// owned by the goroutine that calls Receive
	inbound  bucket
	refusals int

	timer timer // guarded by hub.timers.mu

	mu    sync.Mutex // guards everything below
	state sessionState
	who   Identity
	// busy is set while a message is handled. The transport reads nothing meanwhile, so
	// the peer's silence means nothing.
	busy bool
	// pinged is when an unanswered ping was sent; zero when there is none.
	pinged time.Time
	subs   map[Topic]*subscription // by canonical topic; live, or replaying
	// replays are those of subs that are replaying; nil when no goroutine runs replay.
	replays map[Topic]*join
}

// Attach starts the session on a connection. Call it once, before Receive.
func (s *Session) Attach(conn Conn) {
	s.conn, s.opened, s.id = conn, time.Now(), rand.Text()
	s.inbound = newBucket(s.hub.opts.InboundBurst, s.opened)
	s.mu.Lock()
	s.state = stateOpen
	if s.hub.opts.Anonymous {
		s.state = stateLive
	}
	s.hub.timers.schedule(s, min(s.hub.opts.AuthTimeout, s.hub.opts.PingInterval))
	s.mu.Unlock()
	s.hub.stats.opened.Add(1)
	if s.hub.opts.Anonymous {
		s.hello(Identity{})
	}
	if s.hub.draining.Load() { // the drain may have missed it
		s.close(CloseGoingAway, "")
	}
}

// ID is the session's public id, as in hello and in the logs.
func (s *Session) ID() string { return s.id }

// Receive handles a message from the client. It may wait for the Authorizer and the Log.
// The transport does not read meanwhile, which slows down a client that asks for much. It
// never waits for the client to read. Calls must not overlap. The message is not kept.
func (s *Session) Receive(message []byte) {
	if !s.hub.tasks.start() {
		return
	}
	defer s.hub.tasks.done()
	s.setBusy(true)
	defer s.setBusy(false)
	if wait := s.inbound.take(time.Now(), s.hub.opts.InboundRate, s.hub.opts.InboundBurst); wait > 0 {
		s.send(wire.Error{Code: string(CodeRateLimited), Message: "too many messages: this one was ignored, send it again later", RetryAfter: wait}.Append)
		s.countRefusal(CloseRateLimited)
		return
	}
	req, err := wire.ParseRequest(message)
	if err != nil {
		s.refuse(req.Ref, "", &Error{Code: CodeBadRequest, Message: err.Error()})
		s.countRefusal(CloseBadRequest)
		return
	}
	if _, live := s.identity(); !live && req.Action != wire.ActionAuth {
		s.refuse(req.Ref, "", &Error{Code: CodeNotAuthenticated, Message: "not authenticated: send auth first"})
		s.countRefusal(CloseBadRequest)
		return
	}
	switch req.Action {
	case wire.ActionAuth:
		s.authenticate(req.Token)
	case wire.ActionSubscribe:
		s.subscribe(req)
	case wire.ActionUnsubscribe:
		s.unsubscribe(req)
	case wire.ActionPing:
		s.send(wire.AppendPong)
	case wire.ActionSignal:
		s.signal(req)
	}
}

// setBusy notes that a message is being handled, or no longer is. A ping that was sent
// meanwhile does not count, since its answer may not have been read.
func (s *Session) setBusy(busy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy, s.pinged = busy, time.Time{}
}

// AllowFrame counts a frame against the rate of messages: a WebSocket ping or pong, or a
// small fragment. It returns false beyond the rate: the transport must not answer the
// frame. Calls must not overlap with each other or with Receive.
func (s *Session) AllowFrame() bool {
	if s.inbound.take(time.Now(), s.hub.opts.InboundRate, s.hub.opts.InboundBurst) == 0 {
		return true
	}
	s.countRefusal(CloseRateLimited)
	return false
}

// countRefusal counts a refused message, and closes the session beyond MaxStrikes.
func (s *Session) countRefusal(code CloseCode) {
	if s.refusals++; exceeds(s.refusals, s.hub.opts.MaxStrikes) {
		s.close(code, "too many refused messages: fix the client")
	}
}

// Closed ends the session after its connection has ended. The code is the one that this
// side closed with: CloseNormal where the peer sent a close frame, CloseAbnormal where the
// connection broke. Further calls have no effect.
func (s *Session) Closed(code CloseCode) {
	s.mu.Lock()
	was, who, subs := s.state, s.who, s.subs
	s.state, s.subs, s.replays = stateClosed, nil, nil
	s.hub.timers.remove(s)
	s.mu.Unlock()
	if was == stateClosed {
		return
	}
	for _, sub := range subs {
		sub.end()
	}
	if was == stateLive {
		s.hub.registry.leave(s, who)
	}
	s.hub.registry.unreserve(s.addr)
	if was != stateAdmitted {
		s.hub.stats.ended(code)
		s.logEnd(who, code)
	}
}

// logEnd logs how the session ended. A slow reader is a warning, since it shows nowhere
// else: nothing waits for it.
func (s *Session) logEnd(who Identity, code CloseCode) {
	level := slog.LevelDebug
	if code == CloseSlowConsumer {
		level = slog.LevelWarn
	}
	if s.hub.opts.Logger.Enabled(s.hub.ctx, level) {
		s.hub.opts.Logger.LogAttrs(s.hub.ctx, level, "session closed", slog.String("session", s.id), slog.String("user", who.User),
			slog.String("code", code.Name()), slog.Duration("after", time.Since(s.opened)))
	}
}

// close ends the session from this side.
func (s *Session) close(code CloseCode, reason string) {
	s.conn.Close(code, reason)
	s.Closed(code)
}

// Stalling schedules a check of WriteTimeout. The Conn calls it when a write did not
// complete, and may hold locks of its own meanwhile.
func (s *Session) Stalling() {
	// Not from here: the Conn's lock is held, and reschedule takes the session's.
	s.hub.spawn(func() { s.hub.reschedule(s, s.hub.opts.WriteTimeout) })
}

// identity returns the session's identity, and whether it is live.
func (s *Session) identity() (who Identity, live bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.who, s.state == stateLive
}

// tick checks the session's deadlines and returns the next one.
func (s *Session) tick(now time.Time) (next time.Time, alive bool) {
	opts := &s.hub.opts
	s.mu.Lock()
	state, expires := s.state, s.who.Expires
	s.mu.Unlock()
	next = now.Add(opts.PingInterval)
	switch {
	case state == stateClosed:
		return next, false
	case state == stateOpen:
		next = s.opened.Add(opts.AuthTimeout)
		if !now.Before(next) {
			s.close(CloseAuthTimeout, "no valid auth in time: connect again and send auth first")
			return next, false
		}
	case !expires.IsZero():
		end := expires.Add(opts.TokenGrace)
		if !now.Before(end) {
			s.close(CloseTokenExpired, "token expired: connect again with a fresh one")
			return next, false
		}
		next = earlier(next, end)
	}
	if stalled := s.conn.Stalled(); !stalled.IsZero() {
		end := stalled.Add(opts.WriteTimeout)
		if !now.Before(end) {
			s.close(CloseSlowConsumer, "the reader took nothing in time: reconnect and resume")
			return next, false
		}
		next = earlier(next, end)
	}
	ping, alive := s.heartbeat(now)
	return earlier(next, ping), alive
}

// heartbeat pings a silent peer, and closes the session of one that stays silent.
func (s *Session) heartbeat(now time.Time) (next time.Time, alive bool) {
	opts := &s.hub.opts
	heard := s.conn.Heard()
	s.mu.Lock()
	if s.busy {
		heard = now
	}
	if !s.pinged.IsZero() && heard.After(s.pinged) {
		s.pinged = time.Time{}
	}
	pinged := s.pinged
	silent := !s.busy && pinged.IsZero() && now.Sub(heard) >= opts.PingInterval
	if silent {
		s.pinged = now
	}
	s.mu.Unlock()
	switch {
	case silent:
		s.conn.Ping()
		return now.Add(opts.PongTimeout), true
	case pinged.IsZero():
		return heard.Add(opts.PingInterval), true
	case now.Sub(pinged) >= opts.PongTimeout:
		s.close(ClosePingTimeout, "no answer to a ping: reconnect and resume")
		return now, false
	}
	return pinged.Add(opts.PongTimeout), true
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// send sends the client a message that belongs to no topic.
func (s *Session) send(encode func([]byte) []byte) {
	b := new(wire.Batch)
	b.Add(encode)
	s.conn.Send(b, 0, "")
}

// refuse answers with an error. The client gets the message of an [*Error] alone.
func (s *Session) refuse(ref, topic string, err error) {
	var public *Error
	m := wire.Error{Topic: topic, Ref: ref}
	if errors.As(err, &public) {
		m.Code, m.Message = string(public.Code), public.Message
	} else {
		s.hub.opts.Logger.Error("answering with an internal error", "session", s.id, "topic", topic, "error", err)
		m.Code, m.Message = string(CodeInternal), "internal error: try again"
	}
	if m.Code == string(CodeInternal) {
		m.RetryAfter = internalRetry
	}
	s.send(m.Append)
}

// internalRetry is when a client may try again after an internal error.
const internalRetry = time.Second

// callContext bounds a call of the Authorizer or the Log.
func (h *Hub) callContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(h.ctx, h.opts.CallTimeout)
}
