package main

import (
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/familygifting/tidings/realtime"
)

// engineFlags are the options of the engine.
type engineFlags struct {
	MaxPerUser        int `default:"${max_per_user}" help:"Sessions one user may have; 0 for any number."`
	MaxPerAddress     int `default:"${max_per_address}" help:"Sessions one network address may have, and as many other connections; 0 for any number."`
	MaxMessage        int `default:"${max_message}" help:"Bytes of a message from a client."`
	MaxTopicsPerFrame int `default:"${max_topics_per_frame}" help:"Topics of one subscribe or unsubscribe; 0 for any number."`
	MaxTopics         int `default:"${max_topics}" help:"Subscriptions of one session; 0 for any number."`
	MaxReplay         int `default:"${max_replay}" help:"Events that a client may lag behind and still resume; 0 for any number."`

	InboundRate  float64 `default:"${inbound_rate}" help:"Messages a second that a client may send in the long run; 0 for any number."`
	InboundBurst int     `default:"${inbound_burst}" help:"Messages that a client may send at once."`
	MaxStrikes   int     `default:"${max_strikes}" help:"Messages of a session that may be refused before it is closed; 0 for any number."`

	QueueBytes        int           `default:"${queue_bytes}" help:"Bytes that may wait for a slow reader."`
	WriteTimeout      time.Duration `default:"${write_timeout}" help:"How long a reader may take nothing while something waits."`
	AuthTimeout       time.Duration `default:"${auth_timeout}" help:"How long a session may take to authenticate."`
	TokenGrace        time.Duration `default:"${token_grace}" help:"How long a session outlives its token; 0 for not at all."`
	PingInterval      time.Duration `default:"${ping_interval}" help:"How long a peer may be silent before it is pinged."`
	PongTimeout       time.Duration `default:"${pong_timeout}" help:"How long it may stay silent after that."`
	PresenceInterval  time.Duration `default:"${presence_interval}" help:"How long changes of presence are gathered before they are sent."`
	HeadInterval      time.Duration `default:"${head_interval}" help:"How often the log is asked which of the subscribed topics have changed."`
	HoldAfter         time.Duration `default:"${hold_after}" help:"How long events are sent without an answer to that; then they are held back until there is one."`
	MaxAuthorizations int           `default:"${max_authorizations}" help:"Subscriptions that are authorized anew at once, after a withdrawal."`
	CallTimeout       time.Duration `default:"${call_timeout}" help:"How long the log may take to answer."`
	DrainWindow       time.Duration `default:"${drain_window}" help:"Time over which a shutdown spreads the return of its sessions."`
}

// options are what the flags say. In the engine zero stands for a default; in a flag it
// stands for no limit.
func (f engineFlags) options(anonymous bool, logger *slog.Logger, traces trace.TracerProvider) realtime.Options {
	grace := f.TokenGrace
	if grace == 0 {
		grace = -1
	}
	return realtime.Options{
		Anonymous: anonymous, Logger: logger, Traces: traces,
		MaxSessionsPerUser: orUnlimited(f.MaxPerUser), MaxSessionsPerAddress: orUnlimited(f.MaxPerAddress),
		MaxMessage: f.MaxMessage, MaxTopicsPerFrame: orUnlimited(f.MaxTopicsPerFrame), MaxTopics: orUnlimited(f.MaxTopics),
		MaxReplay: orUnlimited(f.MaxReplay), InboundRate: orUnlimited(f.InboundRate), InboundBurst: f.InboundBurst,
		MaxStrikes: orUnlimited(f.MaxStrikes), QueueBytes: f.QueueBytes, WriteTimeout: f.WriteTimeout, AuthTimeout: f.AuthTimeout,
		TokenGrace: grace, PingInterval: f.PingInterval, PongTimeout: f.PongTimeout, PresenceInterval: f.PresenceInterval,
		HeadInterval: f.HeadInterval, HoldAfter: f.HoldAfter, MaxAuthorizations: f.MaxAuthorizations, CallTimeout: f.CallTimeout, DrainWindow: f.DrainWindow,
	}
}

func orUnlimited[N int | float64](n N) N {
	if n == 0 {
		return realtime.Unlimited
	}
	return n
}
