package main

import (
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// reload reads files again that the flags name. On an error what was read before stays.
type reload struct {
	what string
	read func() error
}

type reloads []reload

// with adds the certificate, if there is one.
func (all reloads) with(certificate *service.Certificate) reloads {
	if certificate == nil {
		return all
	}
	return append(all, reload{"certificate", certificate.Read})
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

// onHangup reads the files again on each SIGHUP, until the function that it returns
// is called. In development there is nothing to read again, and SIGHUP, which the end
// of a terminal sends, ends the program.
func (c *serveCommand) onHangup(logger *slog.Logger, all reloads) (end func()) {
	if c.Dev {
		return func() {}
	}
	came, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(came, syscall.SIGHUP)
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
