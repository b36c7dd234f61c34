// Command tidings is the stand-alone hub: the realtime engine for an app
// written in any language, which publishes over HTTP.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// version is set by the release build.
var version = "0.1.0-dev"

// program is the name of the command, and of what its variables begin with.
const program = "tidings"

// cli is the command line. Every flag but --version can also be set by environment, as
// TIDINGS_ and its name, and those of serve in a file.
type cli struct {
	Serve       serveCommand       `cmd:"" help:"Run the hub."`
	Healthcheck healthcheckCommand `cmd:"" help:"Exit with 0 if the hub of this machine is ready."`
	NewEpoch    newEpochCommand    `cmd:"" help:"Make a restored log's history a new one, so that browsers fetch afresh."`

	// An environment may well name the version of an image, which must not end every command.
	Version kong.VersionFlag `env:"-" help:"Print the version."`
}

// gcPercent lets the heap grow to three times what lives in it. Connecting
// leaves much to collect, and what lives is small: a few KB for each session.
const gcPercent = 200

// Exit codes.
const (
	exitFailed = 1 // the command failed
	exitUsage  = 2 // the command line is wrong
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	os.Exit(runProgram(os.Args[1:], os.Stdout, os.Stderr))
}

// runProgram is the program; it returns the exit code.
func runProgram(args []string, out, errs io.Writer) int {
	service.UnsetEmptyVariables("TIDINGS_")
	var c cli
	exit := -1
	parser, err := newParser(&c, kong.Writers(out, errs), kong.Exit(func(code int) { exit = code }), kong.BindTo(errs, (*io.Writer)(nil)))
	if err != nil {
		panic(err) // the tags of the flags are wrong
	}
	command, err := parser.Parse(args)
	switch {
	case exit >= 0:
		return exit // --help or --version has been answered
	case err != nil:
		service.Complain(errs, program, commandOf(err), causeOf(err))
		return exitUsage
	}
	if err := command.Run(); err != nil {
		_, _ = fmt.Fprintf(errs, "%s: %v\n", program, err) // there is nowhere else to say it
		return exitFailed
	}
	return 0
}

// commandOf is the command that a wrong command line is of, as far as it is known.
func commandOf(err error) string {
	var about *kong.ParseError
	if errors.As(err, &about) && about.Context.Selected() != nil {
		return about.Context.Selected().FullPath()
	}
	return program
}

// causeOf leaves out the flag that the parser blames for the file of settings.
func causeOf(err error) error {
	var file *configError
	if errors.As(err, &file) {
		return file
	}
	return err
}

func newParser(c *cli, options ...kong.Option) (*kong.Kong, error) {
	return kong.New(c, append(options, kong.Name(program), kong.Description("A hub that keeps what people see true to what was committed."),
		kong.DefaultEnvars("TIDINGS"), kong.Resolvers(new(configFile)), defaults)...)
}
