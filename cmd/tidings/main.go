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
	parser, err := newParser(&c)
	if err != nil {
		panic(err) // the tags above are wrong
	}
	ctx, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	parser.FatalIfErrorf(ctx.Run())
}

func newParser(c *cli, options ...kong.Option) (*kong.Kong, error) {
	return kong.New(c, append(options, kong.Name("tidings"), kong.Description("A hub that keeps what people see true to what was committed."),
		kong.UsageOnError(), kong.DefaultEnvars("TIDINGS"), defaults)...)
}
