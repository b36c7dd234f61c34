package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

// reload reads files again that the flags name. On an error what was read before stays.
type reload struct {
	what string
	read func() error
}

type reloads []reload

// reloads are the files that the parts of a hub were read from.
func (c *serveCommand) reloads(ctx context.Context, p *parts) reloads {
	all := reloads{
		{"publish keys", func() error { return c.readKeys(p.keys) }},
		{"keys of tokens", func() error { return c.rereadKeys(ctx, p.auth.tokens, p.logger) }},
	}
	if p.certificate != nil {
		all = append(all, reload{"certificate", p.certificate.Read})
	}
	return all
}

// run reads all of them, each whatever became of the others.
func (all reloads) run(logger *slog.Logger) {
	for _, r := range all {
		if err := r.read(); err != nil {
			logger.Error("not read again: the "+r.what+" of before stay in use", "error", err)
			continue
		}
		logger.Info("read again: the " + r.what)
	}
}

// hangups returns the channel that gets each SIGHUP, from before the hub has started:
// until somebody listens, the signal would end the process. In development there is
// nothing to read again, and SIGHUP, which the end of a terminal sends, ends the program.
func (c *serveCommand) hangups() chan os.Signal {
	came := make(chan os.Signal, 1)
	if !c.Dev {
		signal.Notify(came, syscall.SIGHUP)
	}
	return came
}

// onHangup reads the files again on each signal that comes, until the function that it
// returns is called.
func onHangup(came chan os.Signal, logger *slog.Logger, all reloads) (end func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range came {
			all.run(logger)
		}
	}()
	return func() {
		signal.Stop(came)
		close(came)
		<-done
	}
}
