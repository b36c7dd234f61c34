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
	DefaultMaxQuestions          = 64
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

// Options tune a [Hub]. The zero value works; every zero field stands for its
// default, and limits that count something take [Unlimited]: all but MaxMessage
// and QueueBytes, without which the memory of a session has no bound, and
// MaxQuestions. Those three, and every time but TokenGrace, must not be negative,
// or [NewHub] panics and says which is.
type Options struct {
	// Anonymous lets sessions begin without auth, as the zero [Identity]. For
	// development: the Authorizer then decides alone by topic. Default false.
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
	// MaxSessionsPerAddress is the most sessions from one network address. All
	// visitors share one behind a proxy that hides theirs: raise it there, or
	// give the transport a way to tell them apart. Default
	// [DefaultMaxSessionsPerAddress].
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

	// QueueBytes is how much may wait for a reader that is slow, besides the
	// largest write of what waits; more closes the session with
	// CloseSlowConsumer, from which it resumes. So an event of any size gets
	// through. A write is one event, or several in about 64 KiB, and a session
	// holds at most QueueBytes and one write. Larger queues ride out longer pauses
	// and cost memory while they do. Default [DefaultQueueBytes]; less than
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

	// HeadInterval is how often the hub sweeps: it asks the log what has changed,
	// in one query. It bounds how late an event, or a change of access, can be
	// whose Deliver or Wake was lost. Default [DefaultHeadInterval].
	HeadInterval time.Duration
	// Sweep, when set, is called at the beginning of each sweep, so that the program
	// can end what ended elsewhere: see [Hub.EndSession]. An error is logged, and
	// the sweep has not succeeded. Default nil.
	Sweep func(ctx context.Context) error
	// HoldAfter is for how long the hub sends events without a sweep that has
	// succeeded. Then it holds them back until one does, since it cannot know who
	// has lost their access, or whose login has ended. Default [DefaultHoldAfter];
	// less than twice HeadInterval counts as that.
	HoldAfter time.Duration
	// MaxQuestions is how many questions the hub has the Authorizer answer at once
	// when it asks again about subscriptions. More are answered sooner, and weigh
	// more on what the Authorizer asks. Default [DefaultMaxQuestions].
	MaxQuestions int
	// MaxReplay is the most events that a resume replays; a client further
	// behind is told to fetch afresh, which is cheaper. Default [DefaultMaxReplay].
	MaxReplay int
	// CallTimeout bounds each call of the Authorizer and the Log. Default
	// [DefaultCallTimeout].
	CallTimeout time.Duration
	// DrainWindow is the time over which a draining hub spreads the return of
	// its sessions. Default [DefaultDrainWindow].
	DrainWindow time.Duration

	// PresenceInterval is how long changes of who is there are gathered before
	// they are told. Longer hides more of the reloads and costs less where many
	// come and go. Default [DefaultPresenceInterval].
	PresenceInterval time.Duration

	// Logger takes what goes wrong, and at debug level every session and every
	// delivery. Tokens and payloads are never logged. Default slog.Default().
	Logger *slog.Logger
	// Traces, when set, gets a span for each event that goes out, in the trace
	// that the event's TraceID names. Default nil, which costs nothing.
	Traces trace.TracerProvider
}

// check panics where an option makes no sense: it would be noticed late, by every
// client at once, or in a goroutine where nobody can tell why.
func (o *Options) check() {
	for name, value := range map[string]int64{
		"MaxMessage": int64(o.MaxMessage), "QueueBytes": int64(o.QueueBytes),
		"WriteTimeout": int64(o.WriteTimeout), "AuthTimeout": int64(o.AuthTimeout), "PingInterval": int64(o.PingInterval),
		"PongTimeout": int64(o.PongTimeout), "HeadInterval": int64(o.HeadInterval), "HoldAfter": int64(o.HoldAfter), "MaxQuestions": int64(o.MaxQuestions), "CallTimeout": int64(o.CallTimeout),
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
	setDefault(&o.MaxQuestions, DefaultMaxQuestions)
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
