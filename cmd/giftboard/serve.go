package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// serveCmd serves the dashboard.
type serveCmd struct{ serverFlags }

func (c serveCmd) Run(ctx context.Context, s streams) error {
	srv, err := newServer(ctx, c.serverFlags, c.logger(s))
	if err != nil {
		return err
	}
	if err := srv.announce(s, ""); err != nil {
		return errors.Join(err, srv.close())
	}
	return srv.serve(ctx)
}

// announce prints the one line that a person needs: the address, and how to get
// in. Links and logins go to standard output alone, never into the log.
func (s *server) announce(to streams, logins string) error {
	base, local := s.base(), localBase(s.listener.Addr())
	public, err := s.flags.publicURL()
	if err != nil {
		return err
	}
	parts := []string{"Tidings is running at " + local}
	if public != nil {
		base = public.String()
		parts = []string{"Tidings is running at " + base}
	} else if base != local {
		parts = append(parts, "in your network at "+base)
	}
	if s.setupToken != "" {
		parts = append(parts, "set it up at "+base+"/setup#"+s.setupToken)
	}
	if logins != "" {
		parts = append(parts, logins)
	}
	_, err = fmt.Fprintln(to.out, strings.Join(parts, " · "))
	return err
}
