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

// How long the first answer to a mutation id is kept, and how the old ones go.
const (
	// MutationsKept is how long a repeated mutation id gets the first answer.
	MutationsKept = 30 * 24 * time.Hour
	// cleanEvery is the least time between two rounds of housekeeping.
	cleanEvery = time.Minute
	// cleanAtOnce is the most rows one round removes, so that no mutation waits.
	cleanAtOnce = 500
)

// mutation is one call under way: its transaction and what it changed so far.
type mutation struct {
	tx      Tx
	call    gift.Call
	now     time.Time
	today   gift.Date
	changes []gift.Change
	// everybody is what members found, nil until it is asked.
	everybody []member
}

// mutate runs do as the call's mutation: once for a mutation id, in one
// transaction with what it makes known.
//
// A mutation id is nearly always new, so nobody looks first whether it is: of
// a repeated one the mutation is refused, or its answer cannot be stored beside
// the first. Either undoes all of it, and then the first answer is found.
func mutate[T any](ctx context.Context, s *Store, call gift.Call, do func(ctx context.Context, m *mutation) (T, error)) (T, error) {
	var result, none T
	if err := call.Validate(); err != nil {
		return none, err
	}
	err := s.write(ctx, func(ctx context.Context, tx Tx) (func(), error) {
		m := &mutation{tx: tx, call: call, now: s.moment(), today: s.today()}
		var err error
		if result, err = do(ctx, m); err != nil {
			return nil, err
		}
		return s.finish(ctx, m, result)
	})
	if err == nil {
		return result, nil
	}
	first, found, recallErr := recall[T](ctx, s, call)
	switch {
	case recallErr != nil:
		return none, recallErr
	case found:
		return first, nil
	}
	return none, err
}

// finish remembers the mutation's answer and makes its changes known.
func (s *Store) finish(ctx context.Context, m *mutation, result any) (after func(), err error) {
	if err := m.remember(ctx, result); err != nil {
		return nil, fmt.Errorf("remembering the mutation: %w", err)
	}
	if len(m.changes) > 0 {
		if after, err = s.hook.OnCommit(ctx, m.tx, m.changes); err != nil {
			return nil, fmt.Errorf("making changes known: %w", err)
		}
	}
	return after, s.clean(ctx, m.tx, m.now)
}

// recall finds the first answer to the call's mutation id, if there was one.
func recall[T any](ctx context.Context, s *Store, call gift.Call) (first T, found bool, err error) {
	if call.MutationID == "" {
		return first, false, nil
	}
	var hash, answer string
	err = s.readers.do(ctx, func(tx Tx) error {
		return tx.QueryRowContext(ctx, `SELECT request_hash, result FROM mutations WHERE user_id = $1 AND id = $2`,
			string(call.Actor), call.MutationID).Scan(&hash, &answer)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return first, false, nil
	case err != nil:
		return first, false, fmt.Errorf("recalling a mutation: %w", err)
	case hash != call.RequestHash:
		return first, false, &gift.Error{Code: gift.EMUTATION, Field: "Mutation-Id",
			Message: "this mutation id was used for another request"}
	}
	return first, true, json.Unmarshal([]byte(answer), &first)
}

func (m *mutation) remember(ctx context.Context, result any) error {
	if m.call.MutationID == "" {
		return nil
	}
	answer, err := encoded(result)
	if err != nil {
		return err
	}
	_, err = m.tx.ExecContext(ctx, `INSERT INTO mutations (user_id, id, request_hash, result, at) VALUES ($1, $2, $3, $4, $5)`,
		string(m.call.Actor), m.call.MutationID, m.call.RequestHash, answer, m.now.UnixMicro())
	return err
}

// clean removes a few of the mutations and logins that nobody needs any more,
// every now and then. Mutations are in the order of their age.
func (s *Store) clean(ctx context.Context, tx Tx, now time.Time) error {
	if now.Sub(s.cleanedAt) < cleanEvery {
		return nil
	}
	s.cleanedAt = now
	_, err := tx.ExecContext(ctx, `DELETE FROM mutations WHERE at < $1
		AND seq < (SELECT MIN(seq) FROM mutations) + $2`, now.Add(-MutationsKept).UnixMicro(), cleanAtOnce)
	if err == nil {
		_, err = tx.ExecContext(ctx, `DELETE FROM sessions WHERE id IN
			(SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`,
			now.Add(-MutationsKept).UnixMicro(), cleanAtOnce)
	}
	if err != nil {
		return fmt.Errorf("cleaning up: %w", err)
	}
	return nil
}

// made notes a change of the mutation.
func (m *mutation) made(c gift.Change) {
	c.Call, c.At = m.call, m.now
	m.changes = append(m.changes, c)
}
