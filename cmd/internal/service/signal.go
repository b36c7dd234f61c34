package service

import (
	"context"
	"fmt"
	"os"
	"os/signal"
)

// UntilSignal returns a context that ends with the first of the signals, which is its
// cause then. By then they have their usual effect again, so that a second one is
// never missed.
func UntilSignal(signals ...os.Signal) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.Background())
	arrived := make(chan os.Signal, 1)
	signal.Notify(arrived, signals...)
	go func() {
		var cause error
		select {
		case s := <-arrived:
			cause = fmt.Errorf("the signal %q came", s)
		case <-ctx.Done():
		}
		signal.Stop(arrived)
		cancel(cause)
	}()
	return ctx, func() { cancel(nil) }
}
