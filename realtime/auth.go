package realtime

import (
	"errors"
	"time"

	"github.com/familygifting/tidings/realtime/wire"
)

// maxAttempts bounds how often a subscription is authorized again because its session has
// got a fresher token meanwhile.
const maxAttempts = 10

var (
	errForeignToken = &Error{Code: CodeTokenInvalid, Message: "token of another user: open a new connection for it"}
	errExpired      = &Error{Code: CodeTokenExpired, Message: "token expired: send a fresh one"}
	errUnsettled    = errors.New("access kept changing during the decision")
)

// authenticate makes the session live with a token, or refreshes its token. It checks the
// token again, within CallTimeout, when something was revoked meanwhile. A refused refresh
// leaves the session as it was until its token expires. Once the session has the new token
// it cannot go back: the old one may have been revoked while the registry no longer had
// the session under it.
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
			s.close(CloseTooManySessions, "too many sessions of this user: close another one")
			return
		}
		// A revocation that came before setIdentity was done did not find the session.
		// Then the token is checked again.
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

// setIdentity sets the session's identity. It returns false when the user has too many
// sessions.
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

// setUser sets the subscription's user: an anonymous session may authenticate later.
func (sub *subscription) setUser(user string) {
	sub.stream.mu.Lock()
	defer sub.stream.mu.Unlock()
	sub.user = user
}

// sameRights reports whether the identities differ in nothing but their expiry.
func sameRights(a, b Identity) bool {
	a.Expires = b.Expires
	return a == b
}

// recheck authorizes all subscriptions of the session again.
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
