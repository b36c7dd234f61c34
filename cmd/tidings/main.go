// Command tidings is the stand-alone hub: the realtime engine for an app
// written in any language, which publishes over HTTP.
package main

import (
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// cli is the command line. Every flag can also be set by environment, as
// TIDINGS_ and its name.
type cli struct {
	Serve    serveCommand    `cmd:"" help:"Run the hub."`
	NewEpoch newEpochCommand `cmd:"" help:"Make a restored log's history a new one, so that browsers fetch afresh."`
}

// gcPercent lets the heap grow to three times what lives in it. Connecting
// leaves much to collect, and what lives is small: a few KB for each session.
const gcPercent = 200

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	var c cli
	ctx := kong.Parse(&c, kong.Name("tidings"), kong.Description("A hub that keeps what people see true to what was committed."),
		kong.UsageOnError(), kong.DefaultEnvars("TIDINGS"))
	ctx.FatalIfErrorf(ctx.Run())
}
