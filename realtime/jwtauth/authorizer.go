package jwtauth

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/internal/sampled"
	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime"
)

// MaxToken is the most bytes of a token. A longer one is refused unread.
const MaxToken = 8 << 10

// DefaultLeeway is how far clocks may differ.
const DefaultLeeway = 30 * time.Second

// LongestLifetime is the most that [Options.MaxLifetime] and [Options.Leeway] may
// be: ten years. Anything near the end of time.Duration would run over.
const LongestLifetime = 10 * 365 * 24 * time.Hour

// Options configure an [Authorizer].
type Options struct {
	// Issuers whose tokens are accepted; at least one.
	Issuers []Issuer
	// Audience that a token's aud must contain; empty for any.
	Audience string
	// Leeway is how far the clocks of issuer and hub may differ when exp and nbf
	// are checked; a session lives that much longer, too. Default
	// [DefaultLeeway]; negative for none, and at most [LongestLifetime].
	Leeway time.Duration
	// MaxLifetime is how long a token may live, from its iat, or from now where it
	// has none, to its exp. Others are refused. It bounds how long a [Revocation] has to
	// be kept. A token without iat that was issued for longer is accepted in the last
	// MaxLifetime of its life, even if it was revoked before. At most [LongestLifetime].
	// Default 0: any, and revocations are kept for ever.
	MaxLifetime time.Duration
	// MaxRevocations is how many revocations are kept; each topic of one counts. Default [DefaultMaxRevocations].
	MaxRevocations int
	// Store keeps revocations beyond the life of the process. Default: none.
	Store Store
	// Logger takes what goes wrong. Default slog.Default().
	Logger *slog.Logger
}

// Authorizer is a [realtime.Authorizer] and a [realtime.GroupAuthorizer].
type Authorizer struct {
	issuers     atomic.Pointer[issuers] // replaced by SetIssuers
	leeway      time.Duration
	maxLifetime time.Duration
	audience    string
	refusals    *sampled.Log
	revoked     revoked
	logger      *slog.Logger
}

// New returns an Authorizer. Key sets are fetched until ctx ends; it is an
// error when one cannot be fetched now, or the Store cannot be read.
func New(ctx context.Context, opts Options) (*Authorizer, error) {
	if max(opts.MaxLifetime, opts.Leeway) > LongestLifetime {
		return nil, fmt.Errorf("MaxLifetime (%v) and Leeway (%v) must not be more than %v", opts.MaxLifetime, opts.Leeway, LongestLifetime)
	}
	leeway := max(0, opts.Leeway)
	if opts.Leeway == 0 {
		leeway = DefaultLeeway
	}
	logger := cmp.Or(opts.Logger, slog.Default())
	a := &Authorizer{
		leeway: leeway, maxLifetime: opts.MaxLifetime, audience: opts.Audience, refusals: sampled.New(logger), logger: logger,
	}
	a.revoked = revoked{store: opts.Store, limit: cmp.Or(opts.MaxRevocations, DefaultMaxRevocations), logger: logger}
	if opts.MaxLifetime > 0 {
		// Once for the token's iat, which may be ahead, and once for its exp.
		a.revoked.keep = opts.MaxLifetime + 2*leeway + RevocationMargin
	}
	if err := a.SetIssuers(ctx, opts.Issuers); err != nil {
		return nil, err
	}
	if err := a.revoked.load(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

// claims are those of a token.
type claims struct {
	jwt.RegisteredClaims
	Login    string   `json:"sid"`
	Topics   []string `json:"topics"`
	Presence bool     `json:"presence"`
}

// UnmarshalJSON reads claims by their exact names. Others may stand beside them.
func (c *claims) UnmarshalJSON(doc []byte) error {
	type plain claims // without this method
	return strictjson.UnmarshalOpen(doc, (*plain)(c))
}

// issued is the token's iat in seconds; 0 where it has none.
func (c *claims) issued() int64 {
	if c.IssuedAt == nil {
		return 0
	}
	return c.IssuedAt.Unix()
}

// Authenticate implements [realtime.Authorizer]. A token whose key is in no key set that
// could be fetched gets [realtime.CodeInternal], so that the client tries again: see
// [JWKSInterval].
func (a *Authorizer) Authenticate(ctx context.Context, token string) (realtime.Identity, error) {
	var who realtime.Identity
	if err := a.checkForm(token); err != nil {
		return who, err
	}
	v, ok := a.verifierOf(token)
	if !ok {
		return who, a.refuse(errInvalid, "issuer", "its iss is not the name of an issuer here")
	}
	var c claims
	if _, err := v.parser.ParseWithClaims(token, &c, v.key(ctx)); err != nil {
		return who, a.refuseFor(err, &c, func() string { return v.guess(token) })
	}
	if err := a.checkClaims(&c); err != nil {
		return who, err
	}
	// The hub compares with its own clock, so the leeway is part of the end.
	expires := c.ExpiresAt.Add(a.leeway)
	who = realtime.Identity{User: c.Subject, Session: c.Login, Token: c.ID, Expires: expires}
	if len(c.Topics) > 0 {
		// The rights are as old as the token; without iat, older than any withdrawal.
		who.Issued = time.Unix(c.issued(), 0)
	}
	who.Grant = grant(c)
	return who, nil
}

// livesTooLong reports whether the token outlives a revocation of it.
func (a *Authorizer) livesTooLong(c *claims) bool {
	if a.maxLifetime <= 0 {
		return false
	}
	if c.IssuedAt == nil {
		return time.Until(c.ExpiresAt.Time) > a.maxLifetime+a.leeway
	}
	return c.ExpiresAt.Sub(c.IssuedAt.Time) > a.maxLifetime
}

// A grant is the token's rights as a text: its iat in seconds, withPresence if it has
// presence, and each topic or pattern between spaces.
const withPresence = "+presence"

func grant(c claims) string {
	var b strings.Builder
	b.WriteString(strconv.FormatInt(c.issued(), 10) + " ")
	if c.Presence {
		b.WriteString(withPresence + " ")
	}
	for _, t := range c.Topics {
		b.WriteString(t + " ")
	}
	return b.String()
}

// issuedIn returns the iat of a grant.
func issuedIn(grant string) int64 {
	text, _, _ := strings.Cut(grant, " ")
	second, _ := strconv.ParseInt(text, 10, 64) // 0 for a grant of another Authorizer
	return second
}

// checkPattern checks that the text is a topic, or "type:*" for all of a type.
func checkPattern(t string) error {
	exact := strings.TrimSuffix(t, ":*")
	if exact != t {
		exact += ":x"
	}
	_, err := realtime.ParseTopic(exact)
	return err
}

// allOf is the pattern for all topics of the topic's type.
func allOf(t realtime.Topic) string { return t.Type() + ":*" }

// Authorize implements [realtime.Authorizer].
func (a *Authorizer) Authorize(_ context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	given := strings.Contains(who.Grant, " "+string(topic)+" ") || strings.Contains(who.Grant, " "+allOf(topic)+" ")
	if !given || a.TopicRevoked(who, topic) {
		return "", realtime.ErrForbidden
	}
	return topic, nil
}

// TopicRevoked reports whether the topic was revoked for the identity's token, whether or
// not the token names it. It is for an Authorizer that uses this one's tokens, and has the
// topics from elsewhere.
func (a *Authorizer) TopicRevoked(who realtime.Identity, topic realtime.Topic) bool {
	return a.revoked.ofTopic(who.User, topic, issuedIn(who.Grant))
}

// Group implements [realtime.GroupAuthorizer]: each topic is a group of the tokens with
// presence.
func (a *Authorizer) Group(_ context.Context, who realtime.Identity, topic realtime.Topic) string {
	if !strings.Contains(who.Grant, " "+withPresence+" ") {
		return ""
	}
	return string(topic)
}
