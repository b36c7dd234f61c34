package intake

import (
	"net/http"
	"strings"
)

// maxUnread is how much of a body that nobody has read is read to its end for the next
// request's sake: a connection that goes on costs less than a new one.
const maxUnread = 16 << 10

// LeaveUnread ends the connection of a request with a larger body, or one of unknown
// length, so that it is answered before the body has come. A handler that has read the body
// calls [WasRead].
func LeaveUnread(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength < 0 || r.ContentLength > maxUnread {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// WasRead lets the connection of a request go on, whose body was read to its end.
func WasRead(w http.ResponseWriter) { w.Header().Del("Connection") }

// EncodedMessage is the error for a body that is [Encoded].
const EncodedMessage = "send the body as it is, without Content-Encoding: compressed ones are not read"

// Encoded reports whether a body is compressed. None is unpacked: a little one could
// become any size.
func Encoded(r *http.Request) bool {
	coding := r.Header.Get("Content-Encoding")
	return coding != "" && !strings.EqualFold(coding, "identity")
}
