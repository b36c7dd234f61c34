package jwtauth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/realtime"
)

// MaxToken is the most bytes of a token. A longer one is refused unread.
const MaxToken = 8 << 10

// DefaultLeeway is how far clocks may differ.
const DefaultLeeway = 30 * time.Second

// LongestLifetime is the most that [Options.MaxLifetime] and [Options.Leeway] may
// be: ten years. Anything near the end of time.Duration would run over.
const LongestLifetime = 10 * 365 * 24 * time.Hour

// Options say whom to believe.
type Options struct {
	// Issuers whose tokens are taken; at least one.
	Issuers []Issuer
	// Audience that a token must be meant for; empty takes any.
	Audience string
	// Leeway is how far the clocks of issuer and hub may differ when exp and nbf
	// are checked; a session lives that much longer, too. Default
	// [DefaultLeeway]; negative for none, and at most [LongestLifetime].
	Leeway time.Duration
	// MaxLifetime is how long a token may live, from its iat, or from now where it
	// has none, to its exp. Others are refused, and leave a line in the log at
	// debug level. It bounds how long a [Revocation] has to be remembered; for
	// tokens without iat it does so only while the issuer keeps to it: one that was
	// made to live for longer is taken in the last MaxLifetime of its life,
	// whatever was revoked before that. At most [LongestLifetime]. Default 0: any,
	// and revocations are remembered for ever.
	MaxLifetime time.Duration
	// MaxRevocations is how many revocations are remembered; each topic of one
	// counts. Default [DefaultMaxRevocations].
	MaxRevocations int
	// Store keeps revocations for longer than the process lives. Default: nothing
	// does.
	Store Store
	// Logger takes what goes wrong. Default slog.Default().
	Logger *slog.Logger
}

// Authorizer is a [realtime.Authorizer] and a [realtime.Meeting].
type Authorizer struct {
	issuers     map[string]verifier
	leeway      time.Duration
	maxLifetime time.Duration
	logger      *slog.Logger
	revoked     revoked
	// only is the one issuer, where there is one: its tokens are read once.
	only *verifier
}

// verifier is what is known of an issuer.
type verifier struct {
	parser *jwt.Parser
	key    findKey
}

var (
	errInvalid = &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the token is not valid here"}
	errExpired = &realtime.Error{Code: realtime.CodeTokenExpired, Message: "the token has expired"}
	errRevoked = &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the token was revoked"}
)

// New returns an Authorizer. Key sets are fetched until ctx ends; it is an
// error when one cannot be fetched now, or the Store cannot be read.
func New(ctx context.Context, opts Options) (*Authorizer, error) {
	if len(opts.Issuers) == 0 {
		return nil, errors.New("no issuer of tokens is set")
	}
	if max(opts.MaxLifetime, opts.Leeway) > LongestLifetime {
		return nil, fmt.Errorf("MaxLifetime (%v) and Leeway (%v) must not be more than %v", opts.MaxLifetime, opts.Leeway, LongestLifetime)
	}
	leeway := max(0, opts.Leeway)
	if opts.Leeway == 0 {
		leeway = DefaultLeeway
	}
	a := &Authorizer{issuers: make(map[string]verifier), leeway: leeway, maxLifetime: opts.MaxLifetime, logger: opts.Logger}
	if a.logger == nil {
		a.logger = slog.Default()
	}
	a.revoked = revoked{store: opts.Store, limit: cmp.Or(opts.MaxRevocations, DefaultMaxRevocations), logger: a.logger}
	if opts.MaxLifetime > 0 {
		// Once for the token's iat, which may be ahead, and once for its exp.
		a.revoked.keep = opts.MaxLifetime + 2*leeway + RevocationMargin
	}
	for _, issuer := range opts.Issuers {
		if _, twice := a.issuers[issuer.Name]; twice {
			return nil, fmt.Errorf("issuer %q is set twice", issuer.Name)
		}
		key, methods, err := issuer.keys(ctx, a.logger)
		if err != nil {
			return nil, fmt.Errorf("issuer %q: %w", issuer.Name, err)
		}
		options := []jwt.ParserOption{
			jwt.WithValidMethods(methods), jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithStrictDecoding(),
		}
		if issuer.Name != "" {
			options = append(options, jwt.WithIssuer(issuer.Name))
		}
		if opts.Audience != "" {
			options = append(options, jwt.WithAudience(opts.Audience))
		}
		a.issuers[issuer.Name] = verifier{jwt.NewParser(options...), key}
	}
	if len(a.issuers) == 1 {
		v := a.issuers[opts.Issuers[0].Name]
		a.only = &v
	}
	if err := a.revoked.load(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

// claims are what a token says.
type claims struct {
	jwt.RegisteredClaims
	Login    string   `json:"sid"`
	Topics   []string `json:"topics"`
	Presence bool     `json:"presence"`
}

// issued is the second that the token was issued in: the first of all, where it
// does not say.
func (c *claims) issued() int64 {
	if c.IssuedAt == nil {
		return 0
	}
	return c.IssuedAt.Unix()
}

// Authenticate implements [realtime.Authorizer]. A token whose key is in no set
// that could be asked gets [realtime.CodeInternal], and is worth another try: see
// [JWKSInterval].
func (a *Authorizer) Authenticate(ctx context.Context, token string) (realtime.Identity, error) {
	var who realtime.Identity
	if len(token) > MaxToken || strings.Count(token, ".") != 2 {
		return who, errInvalid
	}
	v, ok := a.verifierOf(token)
	if !ok {
		return who, errInvalid
	}
	var c claims
	_, err := v.parser.ParseWithClaims(token, &c, v.key(ctx))
	if errors.Is(err, errUndecided) {
		return who, errUndecided
	}
	if errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		return who, errExpired
	}
	if err != nil || c.Subject == "" {
		return who, errInvalid // not why: that helps only who forges
	}
	if why := a.unfit(&c); why != "" {
		a.logger.Debug("a token is refused", "why", why, "expires", c.ExpiresAt.Time, "max_lifetime", a.maxLifetime)
		return who, errInvalid
	}
	if a.revoked.of(&c) {
		return who, errRevoked
	}
	// The leeway is part of the end, or the hub, which goes by its own clock,
	// would take it back.
	expires := c.ExpiresAt.Add(a.leeway)
	who = realtime.Identity{User: c.Subject, Session: c.Login, Token: c.ID, Expires: expires}
	who.Grant, err = grant(c)
	return who, err
}

// verifierOf returns what is known of the issuer that the token names. Nothing
// is believed yet: the name only selects the keys that must have signed it.
func (a *Authorizer) verifierOf(token string) (verifier, bool) {
	if a.only != nil {
		return *a.only, true // it checks the name, too
	}
	var c jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(token, &c); err != nil {
		return verifier{}, false
	}
	if v, ok := a.issuers[c.Issuer]; ok {
		return v, true
	}
	v, ok := a.issuers[""] // one that takes any name
	return v, ok
}

// unfit says why the token could not be taken back, if it were taken.
func (a *Authorizer) unfit(c *claims) string {
	switch {
	case max(len(c.Subject), len(c.Login), len(c.ID)) > MaxID:
		return "its sub, sid or jti is too long"
	case a.livesTooLong(c):
		return "it lives too long"
	}
	return ""
}

// livesTooLong tells whether the token lives for longer than a revocation of it
// would be remembered.
func (a *Authorizer) livesTooLong(c *claims) bool {
	if a.maxLifetime <= 0 {
		return false
	}
	if c.IssuedAt == nil {
		return time.Until(c.ExpiresAt.Time) > a.maxLifetime+a.leeway
	}
	return c.ExpiresAt.Sub(c.IssuedAt.Time) > a.maxLifetime
}

// A grant is what may be read, as a text: the second that the token was issued
// in, meets for who may meet others, and each topic or pattern between spaces.
const meets = "+presence"

func grant(c claims) (string, error) {
	var b strings.Builder
	b.WriteString(strconv.FormatInt(c.issued(), 10) + " ")
	if c.Presence {
		b.WriteString(meets + " ")
	}
	for _, t := range c.Topics {
		if checkPattern(t) != nil {
			return "", &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the token's topics hold what is no topic"}
		}
		b.WriteString(t + " ")
	}
	return b.String(), nil
}

// issuedIn is the second that a grant was issued in.
func issuedIn(grant string) int64 {
	text, _, _ := strings.Cut(grant, " ")
	second, _ := strconv.ParseInt(text, 10, 64) // of a grant that is not ours: the first of all
	return second
}

// checkPattern returns why the text is neither a topic nor all of a type.
func checkPattern(t string) error {
	exact := strings.TrimSuffix(t, ":*")
	if exact != t {
		exact += ":x"
	}
	_, err := realtime.ParseTopic(exact)
	return err
}

// allOf is the pattern that stands for all topics of the topic's type.
func allOf(t realtime.Topic) string { return t.Type() + ":*" }

// Authorize implements [realtime.Authorizer].
func (a *Authorizer) Authorize(_ context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	given := strings.Contains(who.Grant, " "+string(topic)+" ") || strings.Contains(who.Grant, " "+allOf(topic)+" ")
	if !given || a.revoked.ofTopic(who.User, topic, issuedIn(who.Grant)) {
		return "", realtime.ErrForbidden
	}
	return topic, nil
}

// Group implements [realtime.Meeting]: those whose tokens say so meet on the
// topic.
func (a *Authorizer) Group(_ context.Context, who realtime.Identity, topic realtime.Topic) string {
	if !strings.Contains(who.Grant, " "+meets+" ") {
		return ""
	}
	return string(topic)
}
