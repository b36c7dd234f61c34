package ws

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	problemjson "github.com/familygifting/tidings/internal/problem"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
)

// Options tune a handler. The zero value works: it lets in pages of the same
// origin, and programs.
type Options struct {
	// AllowedOrigins are further origins whose pages may connect, exactly as a
	// browser sends them, for example "https://app.example.com". "*" lets in
	// every page, which is safe only where a connection without a token can do
	// no harm. Default: none but the request's own host.
	AllowedOrigins []string
	// AllowedHost tells whether a request may name this host, port included as in
	// its Host header. A page can have a name of its own lead to any address, the
	// reader's own machine too, and is of the same origin there (DNS rebinding):
	// a server that trusts whoever reaches it lets in the names that it goes by,
	// and no others. Default: every host.
	AllowedHost func(host string) bool
	// ClientAddress says which address a request comes from, for the limit of
	// sessions per address. Behind a proxy, take it from the header that the
	// proxy sets, and from nowhere else. Default: the connection's own.
	ClientAddress func(*http.Request) netip.Addr
}

// Handler serves a hub's sessions over WebSocket.
type Handler struct {
	hub  *realtime.Hub
	opts Options
}

// NewHandler returns a handler for the path of the WebSocket, "/ws" by custom.
func NewHandler(hub *realtime.Hub, opts Options) *Handler {
	if opts.ClientAddress == nil {
		opts.ClientAddress = connectionAddress
	}
	return &Handler{hub: hub, opts: opts}
}

func connectionAddress(r *http.Request) netip.Addr {
	addr, _ := netip.ParseAddr(remoteAddr(r)) // invalid: not counted
	return addr.Unmap().WithZone("")
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if no := h.check(r); no != nil {
		problem(w, no.status, no.code, no.detail)
		return
	}
	session, err := h.hub.Admit(h.opts.ClientAddress(r))
	if err != nil {
		h.turnAway(w, err)
		return
	}
	endpoint := &client{Session: session}
	h.opened(session, accept(w, r, h.limits(), endpoint.on, endpoint.attach))
}

// limits are those of a connection to the hub.
func (h *Handler) limits() Limits {
	opts := h.hub.Options()
	return Limits{MaxMessage: opts.MaxMessage, QueueBytes: opts.QueueBytes}
}

// opened ends a session whose handshake has failed.
func (h *Handler) opened(session *realtime.Session, err error) {
	if err != nil {
		session.Closed(realtime.CloseAbnormal)
		h.hub.Options().Logger.Debug("a WebSocket handshake failed", "error", err)
	}
}

// rejection is the answer to a request that may not become a session.
type rejection struct {
	status       int
	code, detail string
}

// check returns why a request may not even ask for a session, or nil.
func (h *Handler) check(r *http.Request) *rejection {
	if h.opts.AllowedHost != nil && !h.opts.AllowedHost(r.Host) {
		return &rejection{http.StatusMisdirectedRequest, "wrong_host", "this server does not go by the name that the request has for it"}
	}
	if tokenInURL(r.URL) {
		return &rejection{http.StatusBadRequest, "token_in_url", "a token must not stand in the URL, where logs keep it: send it with auth"}
	}
	if !h.originAllowed(r) {
		return &rejection{http.StatusForbidden, realtime.CloseForbiddenOrigin.Name(), "pages of this origin may not connect"}
	}
	return nil
}

func (h *Handler) turnAway(w http.ResponseWriter, err error) {
	w.Header().Set("Retry-After", "1")
	if errors.Is(err, realtime.ErrTooManySessions) {
		problem(w, http.StatusTooManyRequests, realtime.CloseTooManySessions.Name(), "too many connections from this address")
		return
	}
	problem(w, http.StatusServiceUnavailable, realtime.CloseDrain.Name(), "the server is shutting down")
}

// problem answers a request that does not become a session.
func problem(w http.ResponseWriter, status int, code, message string) {
	problemjson.Write(w, status, problemjson.New(status, code, message))
}

// tokenInURL tells whether the query holds what looks like a token. It looks at
// the raw query, since what is malformed is written to access logs all the same.
func tokenInURL(u *url.URL) bool {
	if u.RawQuery == "" {
		return false
	}
	query := strings.ToLower(u.RawQuery)
	if plain, err := url.QueryUnescape(query); err == nil {
		query = strings.ToLower(plain)
	}
	return slices.ContainsFunc([]string{"token", "auth", "jwt", "bearer"}, func(word string) bool {
		return strings.Contains(query, word)
	})
}

// originAllowed tells whether the page that asks may connect. Browsers always
// send Origin; who sends none is a program, unless it brings cookies along.
func (h *Handler) originAllowed(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return r.Header.Get("Cookie") == ""
	}
	if len(origins) > 1 {
		return false
	}
	if slices.Contains(h.opts.AllowedOrigins, origins[0]) || slices.Contains(h.opts.AllowedOrigins, "*") {
		return true
	}
	u, err := url.Parse(origins[0])
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// client is the endpoint that a hub's session is behind.
type client struct {
	*realtime.Session
	conn *Conn
}

// on returns the endpoint for its connection.
func (c *client) on(conn *Conn) Endpoint {
	c.conn = conn
	return c
}

// attach begins the session.
func (c *client) attach() { c.Attach(c.conn) }

// Message implements [Endpoint].
func (c *client) Message(op wire.Opcode, message []byte) {
	if op != wire.OpText {
		c.conn.Close(realtime.CloseUnsupportedData, "messages are text")
		return
	}
	c.Receive(message)
}
