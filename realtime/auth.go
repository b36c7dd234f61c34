package realtime

import (
	"errors"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// maxAttempts bounds how often a subscription is asked about anew because its
// session lives by a fresher token meanwhile.
const maxAttempts = 10

var (
	errForeignToken = &Error{Code: CodeTokenInvalid, Message: "the token belongs to another user than this session; open a new one"}
	errExpired      = &Error{Code: CodeTokenExpired, Message: "the token has expired"}
	errUnsettled    = errors.New("access kept changing while it was decided")
)

// authenticate begins the session with a token, or goes on with a fresher one.
// It is decided anew when something was revoked meanwhile, as often as there is
// time for. A refused refresh leaves the session as it was, until its token runs out.
// Once the session lives by the new token there is no way back: the old one may
// have ended while the session was no longer filed under it.
func (s *Session) authenticate(token string) {
	before, mayGoOn := s.identity()
	old := before
	for begun := time.Now(); time.Since(begun) < s.hub.opts.CallTimeout; {
		revocations := s.hub.revocations.Load()
		who, err := s.verify(token)
		if err == nil && old.User != "" && who.User != old.User {
			err = errForeignToken
		}
		if err != nil {
			s.refuse("", "", err)
			if !mayGoOn {
				s.close(closeCodeFor(err), "auth was refused")
			}
			return
		}
		if !s.setIdentity(who) {
			s.close(CloseTooManySessions, "the user has too many sessions")
			return
		}
		// Whoever ended this login before become was done could not find the
		// session; then the token is asked about again.
		if s.hub.revocations.Load() == revocations {
			if !sameRights(before, who) {
				s.recheck()
			}
			s.hello(who)
			return
		}
		mayGoOn, old = false, who
	}
	s.refuse("", "", errUnsettled)
	s.close(CloseInternal, "")
}

func (s *Session) verify(token string) (Identity, error) {
	ctx, cancel := s.hub.callContext()
	defer cancel()
	who, err := s.hub.auth.Authenticate(ctx, token)
	if err == nil && !who.Expires.IsZero() && !time.Now().Before(who.Expires) {
		err = errExpired
	}
	return who, err
}

// become files the session under its new identity. It returns false when the
// user has too many sessions.
func (s *Session) setIdentity(who Identity) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.state {
	case stateClosed:
		return true
	case stateLive:
		s.hub.registry.move(s, s.who, who)
	default:
		if !s.hub.registry.enter(s, who, s.hub.opts.MaxSessionsPerUser) {
			return false
		}
	}
	if s.who.User != who.User {
		for _, sub := range s.subs {
			sub.setUser(who.User)
		}
	}
	s.who, s.state = who, stateLive
	if !who.Expires.IsZero() {
		s.hub.timers.schedule(s, min(time.Until(who.Expires)+s.hub.opts.TokenGrace, s.hub.opts.PingInterval))
	}
	return true
}

// belongTo names the user whose the subscription is: a session without one may
// come to have one.
func (sub *subscription) setUser(user string) {
	sub.stream.mu.Lock()
	defer sub.stream.mu.Unlock()
	sub.user = user
}

// sameRights reports whether an Authorizer must answer the same for both.
func sameRights(a, b Identity) bool {
	a.Expires = b.Expires
	return a == b
}

// recheck asks again about everything that the session is subscribed to.
func (s *Session) recheck() { s.hub.recheck(s.subscriptions(), false) }

func (s *Session) hello(who Identity) {
	s.send(wire.Hello{Session: s.id, Ping: s.hub.opts.PingInterval, Expires: who.Expires, Left: max(0, time.Until(who.Expires))}.Append)
}

func closeCodeFor(err error) CloseCode {
	var public *Error
	switch {
	case !errors.As(err, &public) || public.Code == CodeInternal:
		return CloseInternal
	case public.Code == CodeTokenExpired:
		return CloseTokenExpired
	}
	return CloseTokenInvalid
}
