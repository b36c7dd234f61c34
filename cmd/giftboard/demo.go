package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/familygifting/tidings/gift/api"
	"github.com/familygifting/tidings/gift/demo"
	"github.com/familygifting/tidings/gift/store"
)

// demoCmd serves a sample family, which it creates in an empty database.
type demoCmd struct{ serverFlags }

func (c demoCmd) Run(ctx context.Context, s streams) error {
	srv, err := newServer(ctx, c.serverFlags, c.logger(s), seedDemo)
	if err != nil {
		return err
	}
	var logins []string
	for _, l := range demo.Logins() {
		// Another family may live in this directory.
		if _, err := srv.store.Credentials(ctx, l.Email); err == nil {
			logins = append(logins, "log in as "+l.Email+" with "+l.Password)
		}
	}
	if err := srv.announce(s, strings.Join(logins, " or ")); err != nil {
		return errors.Join(err, srv.close())
	}
	return srv.serve(ctx)
}

// seedDemo creates the sample family unless there is one.
func seedDemo(ctx context.Context, s *store.Store) error {
	var hashing error
	_, err := demo.Seed(ctx, s, func(password string) string {
		hash, err := api.HashPassword(ctx, password)
		if err != nil {
			hashing = err
		}
		return hash
	}, time.Now())
	if hashing != nil {
		return fmt.Errorf("create the sample family: %w", hashing)
	}
	if err != nil {
		return fmt.Errorf("create the sample family: %w", err)
	}
	return nil
}
