package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/familygifting/tidings/gift/api"
	"github.com/familygifting/tidings/gift/store"
)

// userCmd is for operators: it needs the data directory, and no login.
type userCmd struct {
	List        userListCmd        `cmd:"" help:"List the accounts."`
	SetPassword userSetPasswordCmd `cmd:"" help:"Set an account's password, read from standard input, and log it out everywhere."`
}

// userListCmd lists the accounts.
type userListCmd struct{ dataFlags }

func (c userListCmd) Run(ctx context.Context, s streams) (err error) {
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	users, err := db.Accounts(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "EMAIL\tNAME\tROLE\tSINCE") // Flush reports what fails
	for _, u := range users {
		role := "member"
		if u.Admin {
			role = "admin"
		}
		_, _ = fmt.Fprintf(table, "%s\t%q\t%s\t%s\n", u.Email, u.Name, role, u.CreatedAt.Format(time.DateOnly))
	}
	return table.Flush()
}

// userSetPasswordCmd sets a password.
type userSetPasswordCmd struct {
	dataFlags
	Email string `arg:"" help:"The account's email."`
}

func (c userSetPasswordCmd) Run(ctx context.Context, s streams) (err error) {
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, _ = fmt.Fprint(s.err, "New password: ") // a prompt nobody sees is no reason to stop
	password, err := readLine(s.in)
	if err != nil {
		return err
	}
	hash, err := api.HashPassword(ctx, password)
	if err != nil {
		return err
	}
	if err := db.SetPassword(ctx, c.Email, hash, time.Now()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "the password of %s is set; log in again everywhere\n", c.Email)
	return err
}

// readLine reads one line, with or without its end.
func readLine(in io.Reader) (string, error) {
	lines := bufio.NewScanner(in)
	if !lines.Scan() {
		if err := lines.Err(); err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return "", errNoPassword
	}
	return lines.Text(), nil
}

// open opens the database that is there; a server may be using it.
func (f dataFlags) open(ctx context.Context) (*store.Store, error) {
	if err := f.mustExist(); err != nil {
		return nil, err
	}
	return store.Open(ctx, f.database(), store.Options{})
}
