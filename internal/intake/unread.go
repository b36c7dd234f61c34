package intake

import "net/http"

// maxUnread is how much of a body that nobody has read is read to its end for the next
// request's sake: a connection that goes on costs less than a new one.
const maxUnread = 16 << 10

// LeaveUnread ends the connection of a request with a larger body, or one of unknown
// length, so that it is answered before the body has come. Whoever has read the body
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
