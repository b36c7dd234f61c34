package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/httpauth"
	"github.com/familygifting/tidings/realtime/hubapi"
	"github.com/familygifting/tidings/realtime/hublog"
	"github.com/familygifting/tidings/realtime/jwtauth"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// defaults are those of the packages that the flags tune, so that nothing has two.
var defaults = kong.Vars{
	"version": service.Version(program, version),

	"max_payload":     fmt.Sprint(hubapi.DefaultMaxPayload),
	"jwt_leeway":      short(jwtauth.DefaultLeeway),
	"max_revocations": fmt.Sprint(jwtauth.DefaultMaxRevocations),

	"authorize_timeout":   short(httpauth.DefaultTimeout),
	"authorize_calls":     fmt.Sprint(httpauth.DefaultMaxCalls),
	"authorize_cache":     fmt.Sprint(httpauth.DefaultCacheEntries),
	"authorize_cache_age": short(httpauth.DefaultCacheAge),

	"answer_bytes": fmt.Sprint(hublog.DefaultAnswerBytes),
	"keep_count":   fmt.Sprint(sqllog.DefaultKeepCount),
	"keep_age":     short(sqllog.DefaultKeepAge),

	"max_per_user":         fmt.Sprint(realtime.DefaultMaxSessionsPerUser),
	"max_per_address":      fmt.Sprint(realtime.DefaultMaxSessionsPerAddress),
	"max_message":          fmt.Sprint(realtime.DefaultMaxMessage),
	"max_topics_per_frame": fmt.Sprint(realtime.DefaultMaxTopicsPerFrame),
	"max_topics":           fmt.Sprint(realtime.DefaultMaxTopics),
	"max_replay":           fmt.Sprint(realtime.DefaultMaxReplay),
	"inbound_rate":         fmt.Sprint(realtime.DefaultInboundRate),
	"inbound_burst":        fmt.Sprint(realtime.DefaultInboundBurst),
	"max_strikes":          fmt.Sprint(realtime.DefaultMaxStrikes),
	"queue_bytes":          fmt.Sprint(realtime.DefaultQueueBytes),
	"write_timeout":        short(realtime.DefaultWriteTimeout),
	"auth_timeout":         short(realtime.DefaultAuthTimeout),
	"token_grace":          short(realtime.DefaultTokenGrace),
	"ping_interval":        short(realtime.DefaultPingInterval),
	"pong_timeout":         short(realtime.DefaultPongTimeout),
	"presence_interval":    short(realtime.DefaultPresenceInterval),
	"head_interval":        short(realtime.DefaultHeadInterval),
	"hold_after":           short(realtime.DefaultHoldAfter),
	"max_authorizations":   fmt.Sprint(realtime.DefaultMaxAuthorizations),
	"call_timeout":         short(realtime.DefaultCallTimeout),
	"drain_window":         short(realtime.DefaultDrainWindow),
}

// short writes a time as people do: 72h, not 72h0m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
