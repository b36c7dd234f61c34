// Command giftboard is the Family Gifting Dashboard: its page, REST, sockets
// and database in one program.
//
//	giftboard serve     serve the dashboard on http://localhost:8000
//	giftboard demo      the same with a sample family
//	giftboard backup    copy the database while it is in use
//	giftboard restore   put a backup in its place
//	giftboard user      list accounts, set a password
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// version is set by the release build.
var version = "0.1.0-dev"

// cli is the command line.
type cli struct {
	Serve       serveCmd       `cmd:"" default:"withargs" help:"Serve the dashboard (the default command)."`
	Demo        demoCmd        `cmd:"" help:"Serve the dashboard with a sample family."`
	Backup      backupCmd      `cmd:"" help:"Copy the database into a file, while it is in use."`
	Restore     restoreCmd     `cmd:"" help:"Put a backup in the database's place, while no server runs."`
	User        userCmd        `cmd:"" help:"List accounts, set a password."`
	Healthcheck healthcheckCmd `cmd:"" help:"Exit with 0 if a running dashboard is ready."`
	OpenAPI     openapiCmd     `cmd:"" name:"openapi" help:"Print the OpenAPI document of the REST interface."`
	Version     versionCmd     `cmd:"" help:"Print the version."`

	VersionFlag kong.VersionFlag `name:"version" help:"Print the version."`
}

// gcPercent lets the heap grow to five times what lives in it. A request leaves
// much to collect, and what lives is a few megabytes.
const gcPercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// streams are what a command talks through.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// run is the program; it returns the exit code.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	// After the first signal the next one ends the program at once.
	ctx, stop := service.UntilSignal(os.Interrupt, syscall.SIGTERM)
	defer stop()

	service.UnsetEmptyVariables("GIFTBOARD_")
	var c cli
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("giftboard"),
		kong.Description("The Family Gifting Dashboard: plan gifts together, on a live board."),
		kong.Vars{"version": service.Version("giftboard", version)},
		kong.Writers(out, errs),
		kong.Exit(func(code int) { exit = code }),
		kong.Resolvers(kong.ResolverFunc(fromFile)),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{in, out, errs}),
	)
	if err != nil {
		_, _ = fmt.Fprintln(errs, "giftboard:", err) // there is nowhere else to say it
		return 1
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit // --help has been answered
	}
	if err != nil {
		service.Complain(errs, "giftboard", "giftboard", err)
		return 2
	}
	for _, said := range service.UnknownVariables(parser.Model, "GIFTBOARD_", os.Environ(), "_FILE") {
		_, _ = fmt.Fprintln(errs, "giftboard:", said)
	}
	if err := command.Run(); err != nil {
		_, _ = fmt.Fprintf(errs, "giftboard: %v\n", err)
		return 1
	}
	return 0
}
