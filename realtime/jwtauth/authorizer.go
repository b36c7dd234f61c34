package jwtauth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/realtime"
)

// MaxToken is the most bytes of a token. A longer one is refused unread.
const MaxToken = 8 << 10

// DefaultLeeway is how far clocks may differ.
const DefaultLeeway = 30 * time.Second

// Options say whom to believe.
type Options struct {
	// Issuers whose tokens are taken; at least one.
	Issuers []Issuer
	// Audience that a token must be meant for; empty takes any.
	Audience string
	// Leeway is how far the clocks of issuer and hub may differ when exp and nbf
	// are checked; a session lives that much longer, too. Default
	// [DefaultLeeway]; negative for none.
	Leeway time.Duration
}

// Authorizer is a [realtime.Authorizer] and a [realtime.Meeting].
type Authorizer struct {
	issuers map[string]verifier
	leeway  time.Duration
	// only is the one issuer, where there is one: its tokens are read once.
	only *verifier
}

// verifier is what is known of an issuer.
type verifier struct {
	parser *jwt.Parser
	key    jwt.Keyfunc
}

var (
	errInvalid = &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the token is not valid here"}
	errExpired = &realtime.Error{Code: realtime.CodeTokenExpired, Message: "the token has expired"}
)

// New returns an Authorizer. Key sets are fetched until ctx ends; it is an
// error when one cannot be fetched now.
func New(ctx context.Context, opts Options) (*Authorizer, error) {
	if len(opts.Issuers) == 0 {
		return nil, errors.New("no issuer of tokens is set")
	}
	leeway := max(0, opts.Leeway)
	if opts.Leeway == 0 {
		leeway = DefaultLeeway
	}
	a := &Authorizer{issuers: make(map[string]verifier), leeway: leeway}
	for _, issuer := range opts.Issuers {
		if _, twice := a.issuers[issuer.Name]; twice {
			return nil, fmt.Errorf("issuer %q is set twice", issuer.Name)
		}
		key, methods, err := issuer.keys(ctx)
		if err != nil {
			return nil, fmt.Errorf("issuer %q: %w", issuer.Name, err)
		}
		options := []jwt.ParserOption{
			jwt.WithValidMethods(methods), jwt.WithExpirationRequired(), jwt.WithLeeway(leeway), jwt.WithStrictDecoding(),
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
	return a, nil
}

// claims are what a token says.
type claims struct {
	jwt.RegisteredClaims
	Login    string   `json:"sid"`
	Topics   []string `json:"topics"`
	Presence bool     `json:"presence"`
}

// Authenticate implements [realtime.Authorizer].
func (a *Authorizer) Authenticate(_ context.Context, token string) (realtime.Identity, error) {
	var who realtime.Identity
	if len(token) > MaxToken || strings.Count(token, ".") != 2 {
		return who, errInvalid
	}
	v, ok := a.verifierOf(token)
	if !ok {
		return who, errInvalid
	}
	var c claims
	_, err := v.parser.ParseWithClaims(token, &c, v.key)
	if errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		return who, errExpired
	}
	if err != nil || c.Subject == "" {
		return who, errInvalid // not why: that helps only who forges
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

// A grant is what may be read, as a text: each topic or pattern between spaces,
// and meets at the front for who may meet others.
const meets = "+presence"

func grant(c claims) (string, error) {
	var b strings.Builder
	b.WriteByte(' ')
	if c.Presence {
		b.WriteString(meets + " ")
	}
	for _, t := range c.Topics {
		exact := strings.TrimSuffix(t, ":*")
		if exact != t {
			exact += ":x"
		}
		if _, err := realtime.ParseTopic(exact); err != nil {
			return "", &realtime.Error{Code: realtime.CodeTokenInvalid, Message: "the token's topics hold what is no topic"}
		}
		b.WriteString(t + " ")
	}
	return b.String(), nil
}

// Authorize implements [realtime.Authorizer].
func (a *Authorizer) Authorize(_ context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	if strings.Contains(who.Grant, " "+string(topic)+" ") || strings.Contains(who.Grant, " "+topic.Type()+":* ") {
		return topic, nil
	}
	return "", realtime.ErrForbidden
}

// MayMeet implements [realtime.Meeting].
func (a *Authorizer) MayMeet(_ context.Context, who realtime.Identity, _ realtime.Topic) bool {
	return strings.HasPrefix(who.Grant, " "+meets+" ")
}
