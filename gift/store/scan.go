package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/familygifting/tidings/gift"
)

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// micros is a time as it is stored.
type micros struct{ to *time.Time }

// Scan implements [sql.Scanner].
func (m micros) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("a time is stored as %T", src)
	}
	*m.to = time.UnixMicro(n).UTC()
	return nil
}

// optionalMicros is a time that may be null.
type optionalMicros struct{ to **time.Time }

// Scan implements [sql.Scanner].
func (m optionalMicros) Scan(src any) error {
	if src == nil {
		*m.to = nil
		return nil
	}
	var t time.Time
	*m.to = &t
	return micros{&t}.Scan(src)
}

// money gathers the two columns of an amount that may be null.
type money struct {
	amount   sql.NullInt64
	currency sql.NullString
}

func (m money) get() *gift.Money {
	if !m.amount.Valid {
		return nil
	}
	return &gift.Money{Amount: m.amount.Int64, Currency: m.currency.String}
}

// amountOf and currencyOf are the columns of an amount.
func amountOf(m *gift.Money) any {
	if m == nil {
		return nil
	}
	return m.Amount
}

func currencyOf(m *gift.Money) any {
	if m == nil {
		return nil
	}
	return m.Currency
}

// nullable is a pointer to a text, or null, as an argument.
func nullable[T ~string](p *T) any {
	if p == nil {
		return nil
	}
	return string(*p)
}

// optional reads a text that may be null into a pointer.
type optional[T ~string] struct{ to **T }

// Scan implements [sql.Scanner].
func (o optional[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*o.to = nil
	case string:
		*o.to = new(T(v))
	default:
		return fmt.Errorf("a text is stored as %T", src)
	}
	return nil
}

// document is a small value that is kept as JSON.
type document struct{ to any }

// Scan implements [sql.Scanner].
func (d document) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a document is stored as %T", src)
	}
	return json.Unmarshal([]byte(text), d.to)
}

// array is a list of values that is kept as JSON. Most are empty.
type array[T any] struct{ to *[]T }

// Scan implements [sql.Scanner].
func (a array[T]) Scan(src any) error {
	if src == "[]" {
		*a.to = []T{}
		return nil
	}
	return document{a.to}.Scan(src)
}

// encoded is a value as a document. What the domain keeps so can always be.
func encoded(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// all runs a query and scans every row. The result is never nil.
func all[T any](ctx context.Context, tx Tx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err below reports what matters
	out := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// text scans a row of one text.
func text[T ~string](row scanner) (T, error) {
	var v T
	return v, row.Scan(&v)
}

// exists answers whether a query that selects something finds a row.
func exists(ctx context.Context, tx Tx, query string, args ...any) (bool, error) {
	var one int
	err := tx.QueryRowContext(ctx, query, args...).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// notFound turns the absence of a row into an ENOTFOUND about a kind of thing.
func notFound(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return gift.Errorf(gift.ENOTFOUND, "there is no such %s", what)
	}
	return err
}
