package wire

import (
	"strconv"
	"time"
)

// Hello answers auth: the session is live. {"type":"hello", …}
type Hello struct {
	// Session is the session's id in the server's logs.
	Session string
	// Ping is how long a peer may be silent before the server pings it.
	Ping time.Duration
	// Expires is when the token ends; zero means never.
	Expires time.Time
	// Left is how long that is from now: a client's clock may be wrong.
	Left time.Duration
}

// Append appends the message's JSON.
func (m Hello) Append(b []byte) []byte {
	b = append(b, `{"type":"hello","session":`...)
	b = appendString(b, m.Session)
	b = append(b, `,"ping_ms":`...)
	b = strconv.AppendInt(b, m.Ping.Milliseconds(), 10)
	b = append(b, `,"expires":`...)
	if m.Expires.IsZero() {
		return append(b, `null}`...)
	}
	b = append(appendTime(b, m.Expires), `,"expires_in_ms":`...)
	return append(strconv.AppendInt(b, m.Left.Milliseconds(), 10), '}')
}

// Subscribed answers a subscribe: the subscription is live from Seq on.
// {"type":"subscribed", …}
type Subscribed struct {
	// Topic is the name the client used, Canonical the one that events carry.
	Topic, Canonical string
	// Epoch and Seq are the topic's position.
	Epoch string
	Seq   uint64
	// Recovered is set if the events after since follow. Otherwise the client fetches
	// afresh.
	Recovered bool
	// Ref is that of the request; empty leaves it out.
	Ref string
}

// Append appends the message's JSON.
func (m Subscribed) Append(b []byte) []byte {
	b = append(b, `{"type":"subscribed","topic":`...)
	b = appendString(b, m.Topic)
	b = append(b, `,"canonical":`...)
	b = appendString(b, m.Canonical)
	b = appendPosition(b, m.Epoch, m.Seq)
	b = append(b, `,"recovered":`...)
	b = strconv.AppendBool(b, m.Recovered)
	return append(appendOptional(b, "ref", m.Ref), '}')
}

// Resync is sent where continuity is lost: the client fetches afresh, then goes on from
// Seq. {"type":"resync", …}
type Resync struct {
	Topic string
	// Epoch and Seq are where the topic stands now.
	Epoch string
	Seq   uint64
	// Reason is trimmed, epoch or access.
	Reason string
}

// Append appends the message's JSON.
func (m Resync) Append(b []byte) []byte {
	b = append(b, `{"type":"resync","topic":`...)
	b = appendString(b, m.Topic)
	b = appendPosition(b, m.Epoch, m.Seq)
	b = append(b, `,"reason":`...)
	return append(appendString(b, m.Reason), '}')
}

// Unsubscribed ends a subscription. {"type":"unsubscribed", …}
type Unsubscribed struct {
	Topic string
	// Code is [CodeClient], [CodeRevoked] or [CodeRenamed].
	Code string
	// Ref of the unsubscribe that is answered; empty for none.
	Ref string
}

// Why a subscription ended.
const (
	CodeClient  = "client"
	CodeRevoked = "revoked"
	CodeRenamed = "renamed"
)

// Append appends the message's JSON.
func (m Unsubscribed) Append(b []byte) []byte {
	b = append(b, `{"type":"unsubscribed","topic":`...)
	b = appendString(b, m.Topic)
	b = append(b, `,"code":`...)
	b = appendString(b, m.Code)
	return append(appendOptional(b, "ref", m.Ref), '}')
}

// Error refuses a message, or a topic of it. {"type":"error", …}
type Error struct {
	// Topic and Ref are those of the message; empty where there is none.
	Topic, Ref string
	Code       string
	Message    string
	// RetryAfter is how long to wait before trying again; 0 leaves it out.
	RetryAfter time.Duration
}

// Append appends the message's JSON.
func (m Error) Append(b []byte) []byte {
	b = append(b, `{"type":"error"`...)
	b = appendOptional(b, "topic", m.Topic)
	b = appendOptional(b, "ref", m.Ref)
	b = append(b, `,"code":`...)
	b = appendString(b, m.Code)
	b = append(b, `,"message":`...)
	b = appendString(b, m.Message)
	if m.RetryAfter > 0 {
		b = append(b, `,"retry_after_ms":`...)
		b = strconv.AppendInt(b, int64((m.RetryAfter+time.Millisecond-1)/time.Millisecond), 10) // rounded up: not too early
	}
	return append(b, '}')
}

// Drain is sent before the server shuts down. {"type":"drain", …}
type Drain struct {
	// ReconnectAfter is when to come back. It differs for each session.
	ReconnectAfter time.Duration
}

// Append appends the message's JSON.
func (m Drain) Append(b []byte) []byte {
	b = append(b, `{"type":"drain","reconnect_after_ms":`...)
	return append(strconv.AppendInt(b, m.ReconnectAfter.Milliseconds(), 10), '}')
}

// AppendPong appends the answer to ping.
func AppendPong(b []byte) []byte { return append(b, `{"type":"pong"}`...) }

func appendPosition(b []byte, epoch string, seq uint64) []byte {
	b = append(b, `,"epoch":`...)
	b = appendString(b, epoch)
	b = append(b, `,"seq":`...)
	return strconv.AppendUint(b, seq, 10)
}

// Signal is what another subscriber sent. {"type":"signal", …}
type Signal struct {
	Topic string
	// UserID is the sender.
	UserID string
	// Entity is what it is about; empty leaves it out.
	Entity string
	// Data is JSON and goes out as it is.
	Data []byte
}

// Append appends the message's JSON.
func (m Signal) Append(b []byte) []byte {
	b = append(b, `{"type":"signal","topic":`...)
	b = appendString(b, m.Topic)
	b = append(b, `,"user_id":`...)
	b = appendString(b, m.UserID)
	b = appendOptional(b, "entity", m.Entity)
	b = append(b, `,"data":`...)
	return append(append(b, m.Data...), '}')
}

// Presence has the members of a topic's group: all of them, a change, or their number
// alone. {"type":"presence", …}
type Presence struct {
	Topic string
	// Members is all of them; nil in a change, and where they are too many.
	Members      []string
	Joined, Left []string
	Count        int
}

// Append appends the message's JSON.
func (m Presence) Append(b []byte) []byte {
	b = append(b, `{"type":"presence","topic":`...)
	b = appendString(b, m.Topic)
	b = appendStrings(b, "members", m.Members)
	b = appendStrings(b, "joined", m.Joined)
	b = appendStrings(b, "left", m.Left)
	b = append(b, `,"count":`...)
	b = strconv.AppendInt(b, int64(m.Count), 10)
	return append(b, '}')
}

// appendStrings appends a further member with an array, unless it is nil.
func appendStrings(b []byte, name string, values []string) []byte {
	if values == nil {
		return b
	}
	b = append(append(append(b, ',', '"'), name...), '"', ':', '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, v)
	}
	return append(b, ']')
}
