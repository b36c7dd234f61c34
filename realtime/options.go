package realtime

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// Defaults of [Options].
const (
	DefaultMaxMessage            = 64 << 10
	DefaultMaxTopicsPerFrame     = 500
	DefaultMaxTopics             = 5000
	DefaultMaxSessionsPerUser    = 100
	DefaultMaxSessionsPerAddress = 1000
	DefaultInboundRate           = 20
	DefaultInboundBurst          = 200
	DefaultMaxStrikes            = 50
	DefaultQueueBytes            = 1 << 20
	DefaultWriteTimeout          = 10 * time.Second
	DefaultAuthTimeout           = 10 * time.Second
	DefaultTokenGrace            = 10 * time.Second
	DefaultPingInterval          = 25 * time.Second
	DefaultPongTimeout           = 8 * time.Second
	DefaultHeadInterval          = 500 * time.Millisecond
	DefaultHoldAfter             = time.Second
	DefaultMaxAuthorizations     = 64
	DefaultMaxReplay             = 10_000
	DefaultCallTimeout           = 5 * time.Second
	DefaultDrainWindow           = 10 * time.Second
	DefaultPresenceInterval      = 250 * time.Millisecond
)

// MinQueueBytes is the least [Options.QueueBytes]: room for two pages of a replay
// and for what is live.
const MinQueueBytes = 4 << 10

// Unlimited switches off a limit that counts something.
const Unlimited = -1

// Options configure a [Hub]. The zero value works: a zero field stands for its default.
// Limits that count something may be [Unlimited], except for MaxAuthorizations, and for MaxMessage
// and QueueBytes, which bound the memory of a session. [NewHub] panics if one of these three,
// or a time other than TokenGrace, is negative.
type Options struct {
	// Anonymous lets sessions start without auth, with the zero [Identity]. For
	// development: the Authorizer then decides by topic alone. Default false.
	Anonymous bool

	// MaxMessage is the most bytes of a message from a client; a longer one
	// closes the connection with 1009. Default [DefaultMaxMessage].
	MaxMessage int
	// MaxTopicsPerFrame is the most topics of one subscribe or unsubscribe.
	// Default [DefaultMaxTopicsPerFrame].
	MaxTopicsPerFrame int
	// MaxTopics is the most subscriptions of one session. Default [DefaultMaxTopics].
	MaxTopics int
	// MaxSessionsPerUser is the most sessions one user may have open; one more
	// is closed with CloseTooManySessions. Default [DefaultMaxSessionsPerUser].
	MaxSessionsPerUser int
	// MaxSessionsPerAddress is the most sessions from one network address. Behind a
	// proxy all clients share its address: raise the limit, or have the transport find
	// the client's address. Default [DefaultMaxSessionsPerAddress].
	MaxSessionsPerAddress int
	// InboundRate is how many messages a second a client may send in the long
	// run, and InboundBurst how many at once. Control frames and tiny fragments
	// count. Without either there is no limit at all. Default
	// [DefaultInboundRate], [DefaultInboundBurst].
	InboundRate  float64
	InboundBurst int
	// MaxStrikes is how many messages of a session may be refused, for their
	// rate or their form, before it is closed. Default [DefaultMaxStrikes].
	MaxStrikes int

	// QueueBytes is how much may wait for a slow reader, the largest write excluded, so
	// that an event of any size gets through. More closes the session with
	// CloseSlowConsumer, from which it resumes. A write is one event, or several in about
	// 64 KiB, so a session holds at most QueueBytes and one write. A larger queue bridges
	// longer pauses, and costs memory meanwhile. Default [DefaultQueueBytes]; less than
	// [MinQueueBytes] counts as that.
	QueueBytes int
	// WriteTimeout is how long a reader may take nothing at all while something
	// waits, before it counts as slow. Default [DefaultWriteTimeout].
	WriteTimeout time.Duration
	// AuthTimeout is how long a session may take to send its first valid auth.
	// Default [DefaultAuthTimeout].
	AuthTimeout time.Duration
	// TokenGrace is how long a session outlives its token, so that a refresh
	// that is a little late does not cost the connection. Default
	// [DefaultTokenGrace]; negative for none.
	TokenGrace time.Duration
	// PingInterval is how long a peer may be silent before it is pinged, and
	// PongTimeout how long it may then stay silent. A peer that vanished is
	// gone after both. Default [DefaultPingInterval], [DefaultPongTimeout].
	PingInterval time.Duration
	PongTimeout  time.Duration

	// HeadInterval is how often the hub sweeps: it reads from the log what has changed, in
	// one query. It bounds how late an event or a change of access can be after a lost
	// Deliver or Wake. Default [DefaultHeadInterval].
	HeadInterval time.Duration
	// Sweep, when set, is called at the start of each sweep, so that the program can end
	// logins that ended elsewhere: see [Hub.EndSession]. An error is logged, and fails the
	// sweep. Default nil.
	Sweep func(ctx context.Context) error
	// HoldAfter is how long the hub sends events after a sweep that succeeded. Then it
	// holds them back until another one does, since access or logins may have ended
	// unnoticed. Default [DefaultHoldAfter]; less than twice HeadInterval counts as that.
	HoldAfter time.Duration
	// MaxAuthorizations is how many calls of the Authorizer run at once when subscriptions are
	// authorized again. More end sooner, and load the Authorizer more. Default
	// [DefaultMaxAuthorizations].
	MaxAuthorizations int
	// MaxReplay is the most events that a resume replays. A client that is further behind
	// has to fetch afresh, which is cheaper. Default [DefaultMaxReplay].
	MaxReplay int
	// CallTimeout bounds each call of the Authorizer and the Log. Default
	// [DefaultCallTimeout].
	CallTimeout time.Duration
	// DrainWindow is the time over which a draining hub spreads the reconnects of its
	// clients. Default [DefaultDrainWindow].
	DrainWindow time.Duration

	// PresenceInterval is how long changes of presence are gathered before they are sent.
	// Longer hides more reloads, and costs less where many come and go. Default
	// [DefaultPresenceInterval].
	PresenceInterval time.Duration

	// Logger gets failures, and at debug level every session and delivery. Tokens and
	// payloads are never logged. Default slog.Default().
	Logger *slog.Logger
	// Traces, when set, gets a span for each event that is sent, in the trace of the
	// event's TraceID. Default nil.
	Traces trace.TracerProvider
}

// check panics if an option is invalid, which would otherwise show late, in another
// goroutine.
func (o *Options) check() {
	for name, value := range map[string]int64{
		"MaxMessage": int64(o.MaxMessage), "QueueBytes": int64(o.QueueBytes),
		"WriteTimeout": int64(o.WriteTimeout), "AuthTimeout": int64(o.AuthTimeout), "PingInterval": int64(o.PingInterval),
		"PongTimeout": int64(o.PongTimeout), "HeadInterval": int64(o.HeadInterval), "HoldAfter": int64(o.HoldAfter), "MaxAuthorizations": int64(o.MaxAuthorizations), "CallTimeout": int64(o.CallTimeout),
		"DrainWindow": int64(o.DrainWindow), "PresenceInterval": int64(o.PresenceInterval),
	} {
		if value < 0 {
			panic("realtime: Options." + name + " must not be negative")
		}
	}
}

// withDefaults returns the options with every zero field filled in.
func (o Options) withDefaults() Options {
	setDefault(&o.MaxMessage, DefaultMaxMessage)
	setDefault(&o.MaxTopicsPerFrame, DefaultMaxTopicsPerFrame)
	setDefault(&o.MaxTopics, DefaultMaxTopics)
	setDefault(&o.MaxSessionsPerUser, DefaultMaxSessionsPerUser)
	setDefault(&o.MaxSessionsPerAddress, DefaultMaxSessionsPerAddress)
	setDefault(&o.InboundRate, DefaultInboundRate)
	setDefault(&o.InboundBurst, DefaultInboundBurst)
	setDefault(&o.MaxStrikes, DefaultMaxStrikes)
	setDefault(&o.QueueBytes, DefaultQueueBytes)
	setDefault(&o.WriteTimeout, DefaultWriteTimeout)
	setDefault(&o.AuthTimeout, DefaultAuthTimeout)
	setDefault(&o.TokenGrace, DefaultTokenGrace)
	setDefault(&o.PingInterval, DefaultPingInterval)
	setDefault(&o.PongTimeout, DefaultPongTimeout)
	setDefault(&o.HeadInterval, DefaultHeadInterval)
	setDefault(&o.HoldAfter, DefaultHoldAfter)
	setDefault(&o.MaxAuthorizations, DefaultMaxAuthorizations)
	setDefault(&o.MaxReplay, DefaultMaxReplay)
	setDefault(&o.CallTimeout, DefaultCallTimeout)
	setDefault(&o.DrainWindow, DefaultDrainWindow)
	setDefault(&o.PresenceInterval, DefaultPresenceInterval)
	o.HoldAfter = max(o.HoldAfter, 2*o.HeadInterval)
	o.QueueBytes = max(o.QueueBytes, MinQueueBytes)
	if o.TokenGrace < 0 {
		o.TokenGrace = 0
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// exceeds reports whether n is over a limit that counts something.
func exceeds(n, limit int) bool { return limit >= 0 && n > limit }
