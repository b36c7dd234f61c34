package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthcheckTimeout is how long a dashboard may take to say that it is ready.
const healthcheckTimeout = 3 * time.Second

// healthcheckCmd asks a running dashboard, for containers that have no curl.
type healthcheckCmd struct {
	Addr string `help:"Address that the dashboard listens on." default:":8000" env:"GIFTBOARD_ADDR"`
}

func (c healthcheckCmd) Run(ctx context.Context, s streams) error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, healthcheckTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("the dashboard does not answer: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // only its status matters
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the dashboard is not ready: %s", res.Status)
	}
	_, err = fmt.Fprintln(s.out, "ready")
	return err
}
