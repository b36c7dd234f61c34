package service

import (
	"context"
	"os"
	"os/signal"
)

// UntilSignal returns a context that ends with the first of the signals. By
// then they have their usual effect again, so that a second one is never missed.
func UntilSignal(signals ...os.Signal) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	arrived := make(chan os.Signal, 1)
	signal.Notify(arrived, signals...)
	go func() {
		select {
		case <-arrived:
		case <-ctx.Done():
		}
		signal.Stop(arrived)
		cancel()
	}()
	return ctx, cancel
}
