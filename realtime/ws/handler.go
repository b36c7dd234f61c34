package ws

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

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
	// AllowOrigin reports whether pages of one more origin may connect, for origins
	// that make no list. Default: none.
	AllowOrigin func(origin string) bool
	// AllowedHost reports whether a request may name this host, port included as in
	// its Host header. A page can point a host name of its own at any address, the
	// reader's machine too, and is then of the same origin there (DNS rebinding). So a
	// server that trusts every client that reaches it allows its own names alone.
	// Default: every host.
	AllowedHost func(host string) bool
	// ClientAddress returns the address that a request comes from, for the limit of
	// sessions per address. Behind a proxy, take it from the header that the proxy
	// sets, and from nowhere else. Default: the connection's own.
	ClientAddress func(*http.Request) netip.Addr
	// Room reports whether the process has a descriptor for one more session. It
	// is asked for every handshake. Without room newcomers are told to come back
	// later. Default: there is always room.
	Room func() bool
	// CloseTimeout is how long a peer has to read a message that was sent in part, and
	// to answer a close frame, before its connection is cut. A longer one lets slow
	// peers learn the reason, and keeps the sockets of dead ones for longer. Default
	// [DefaultCloseTimeout].
	CloseTimeout time.Duration
	// Refused is called for every request that does not become a session. The reason
	// is one of [Reasons]. It must not block.
	Refused func(r *http.Request, reason string)
}

// reasonDescriptors is why a newcomer is refused while descriptors are scarce.
const reasonDescriptors = "no_descriptors"

// Reasons are all reasons of [Options.Refused]. Each is the code of the answer.
var Reasons = []string{
	"wrong_host", "token_in_url", realtime.CloseForbiddenOrigin.Name(), realtime.CloseTooManySessions.Name(), realtime.CloseDrain.Name(),
	"method_not_allowed", "upgrade_required", "bad_request", "http_version", reasonDescriptors,
}

// Handler serves a hub's sessions over WebSocket.
type Handler struct {
	hub  *realtime.Hub
	opts Options
}

// NewHandler returns a handler for the WebSocket's path, usually "/ws".
func NewHandler(hub *realtime.Hub, opts Options) *Handler {
	if opts.ClientAddress == nil {
		opts.ClientAddress = connectionAddress
	}
	if opts.Room == nil {
		opts.Room = func() bool { return true }
	}
	if opts.Refused == nil {
		opts.Refused = func(*http.Request, string) {}
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
		h.opts.Refused(r, no.code)
		if no.code == realtime.CloseForbiddenOrigin.Name() && isPage(r) && h.opts.Room() {
			h.closePage(w, r, no.message)
		} else {
			no.answer(w)
		}
		return
	}
	session, err := h.hub.Admit(h.opts.ClientAddress(r))
	if err != nil {
		no := refusalFor(err)
		h.opts.Refused(r, no.code)
		no.answer(w)
		return
	}
	endpoint := &sessionEndpoint{Session: session}
	h.upgraded(r, session, accept(w, r, h.limits(), endpoint.bind, endpoint.attach))
}

// isPage reports whether a request is the WebSocket handshake of a browser's page.
func isPage(r *http.Request) bool {
	return len(r.Header.Values("Origin")) == 1 && checkHandshake(r) == nil
}

// closePage refuses a page by a close frame. Browsers tell a page nothing of a
// handshake that failed, so it would come back for ever. There is no session: the
// peer is sent nothing else, and nothing that it sends is looked at.
func (h *Handler) closePage(w http.ResponseWriter, r *http.Request, reason string) {
	var conn *Conn
	refuse := func() { conn.Close(realtime.CloseForbiddenOrigin, reason) }
	err := accept(w, r, h.limits(), func(c *Conn) Endpoint { conn = c; return stranger{} }, refuse)
	if err != nil {
		h.hub.Options().Logger.Debug("a WebSocket handshake failed", "error", err)
	}
}

// stranger is the endpoint of a connection that is closed as soon as it is open.
type stranger struct{}

// Message implements [Endpoint].
func (stranger) Message(wire.Opcode, []byte) {}

// Closed implements [Endpoint].
func (stranger) Closed(realtime.CloseCode) {}

// limits are those of a connection to the hub.
func (h *Handler) limits() Limits {
	opts := h.hub.Options()
	return Limits{MaxMessage: opts.MaxMessage, QueueBytes: opts.QueueBytes, CloseTimeout: h.opts.CloseTimeout}
}

// upgraded ends the session, and reports why, if its handshake has failed.
func (h *Handler) upgraded(r *http.Request, session *realtime.Session, err error) {
	if err == nil {
		return
	}
	session.Closed(realtime.CloseAbnormal)
	h.hub.Options().Logger.Debug("WebSocket handshake failed", "error", err)
	reason := reasonDescriptors // the connection could not be taken over
	var no *refusal
	if errors.As(err, &no) {
		reason = no.code
	}
	h.opts.Refused(r, reason)
}

// check returns why the request is refused before a session is reserved for it, or nil.
func (h *Handler) check(r *http.Request) *refusal {
	if h.opts.AllowedHost != nil && !h.opts.AllowedHost(r.Host) {
		return &refusal{http.StatusMisdirectedRequest, "wrong_host", "unknown host: use one of the names that this server is configured with"}
	}
	if tokenInURL(r.URL) {
		return &refusal{http.StatusBadRequest, "token_in_url", "token in the URL, where logs keep it: send it in an auth message"}
	}
	if !h.originAllowed(r) {
		return &refusal{http.StatusForbidden, realtime.CloseForbiddenOrigin.Name(), "origin not allowed: the server's log says how to allow it"}
	}
	if !h.opts.Room() {
		return &refusal{http.StatusServiceUnavailable, reasonDescriptors, "the server has no file descriptor for another connection: try again later"}
	}
	return nil
}

// refusalFor returns the answer to a request that the hub did not admit.
func refusalFor(err error) *refusal {
	if errors.Is(err, realtime.ErrTooManySessions) {
		return &refusal{http.StatusTooManyRequests, realtime.CloseTooManySessions.Name(), "too many connections from this address: close some, or try again later"}
	}
	return &refusal{http.StatusServiceUnavailable, realtime.CloseDrain.Name(), "the server is shutting down: try again"}
}

// tokenInURL reports whether the query holds what looks like a token. It searches the
// raw query, since access logs keep a malformed one too.
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

// originAllowed reports whether a page of the request's origin may connect. Browsers
// always send Origin. A client that sends none is a program, unless it sends cookies.
func (h *Handler) originAllowed(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return r.Header.Get("Cookie") == ""
	}
	if len(origins) > 1 {
		return false
	}
	origin := origins[0]
	if slices.Contains(h.opts.AllowedOrigins, origin) || slices.Contains(h.opts.AllowedOrigins, "*") {
		return true
	}
	return sameHost(origin, r.Host) || h.opts.AllowOrigin != nil && h.opts.AllowOrigin(origin)
}

// sameHost reports whether the origin is of the host that the request names. A browser
// leaves the usual port of the scheme out of both.
func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" || !strings.EqualFold(origin, u.Scheme+"://"+u.Host) {
		return false
	}
	port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	return port != "" && strings.EqualFold(strings.TrimSuffix(u.Host, port), strings.TrimSuffix(host, port))
}

// sessionEndpoint is the [Endpoint] of a hub's session.
type sessionEndpoint struct {
	*realtime.Session
	conn *Conn
}

// bind returns the endpoint for its connection.
func (c *sessionEndpoint) bind(conn *Conn) Endpoint {
	c.conn = conn
	return c
}

// attach starts the session.
func (c *sessionEndpoint) attach() { c.Attach(c.conn) }

// Message implements [Endpoint].
func (c *sessionEndpoint) Message(op wire.Opcode, message []byte) {
	if op != wire.OpText {
		c.conn.Close(realtime.CloseUnsupportedData, "binary message: send text")
		return
	}
	c.Receive(message)
}
