// Package conformance holds the WebSocket transport to RFC 6455, case by case:
// the list that Autobahn's test suite has made the measure of all, without its
// compression cases. The cases are re-created here, so that they run in
// seconds and with nothing to install.
//
// The server under test is the bare transport with an endpoint that sends back
// what it gets. Run it by itself to point another suite at it:
//
//	go run ./test/conformance/echo --addr 127.0.0.1:9001
package conformance

import (
	"net/http"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/wire"
	"github.com/familygifting/tidings/realtime/ws"
)

// MaxMessage is the size that the suite's largest cases need.
const MaxMessage = 16 << 20

// Echo serves connections that send back every message.
func Echo(maxMessage int) http.Handler {
	limits := ws.Limits{MaxMessage: maxMessage, QueueBytes: 4 * MaxMessage}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// An error has been answered by then.
		_ = ws.Accept(w, r, limits, func(c *ws.Conn) ws.Endpoint { return echo{c} })
	})
}

// echo is an endpoint that sends back what it gets.
type echo struct{ conn *ws.Conn }

// Message implements [ws.Endpoint].
func (e echo) Message(op wire.Opcode, message []byte) { e.conn.SendFrame(op, message) }

// Closed implements [ws.Endpoint].
func (echo) Closed(realtime.CloseCode) {}
