package main

import (
	"context"
	"fmt"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// healthcheckCmd asks a running dashboard, for containers that have no curl.
type healthcheckCmd struct {
	Addr string `help:"Address that the dashboard listens on." default:":8000" env:"GIFTBOARD_ADDR"`
}

func (c healthcheckCmd) Run(ctx context.Context, s streams) error {
	if err := service.Healthcheck(ctx, c.Addr, false); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.out, "ready")
	return err
}
