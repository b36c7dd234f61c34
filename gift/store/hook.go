package store

import (
	"context"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/internal/sqlitefile"
)

// Tx is what a hook may do inside a transaction of the store: an alias, so that
// a hook need not import the store to name it. The texts of its
// statements should be few: the store keeps each one prepared.
type Tx = sqlitefile.Tx

// Hook makes changes known outside of the store. gift/feed is the one that the
// dashboard uses.
type Hook interface {
	// OnCommit is called once for every mutation that changed something, inside
	// its transaction, behind its own writes. An error undoes the mutation and
	// is returned to its caller. after, if not nil, is called when the
	// transaction is durable, in the order of the commits; never if it failed.
	OnCommit(ctx context.Context, tx Tx, changes []gift.Change) (after func(), err error)
	// Position returns the place in the event log as of tx, a transaction that
	// only reads, as an opaque header value.
	Position(ctx context.Context, tx Tx, scope gift.Scope) (string, error)
}

// noHook is for a store whose changes nobody hears of.
type noHook struct{}

func (noHook) OnCommit(context.Context, Tx, []gift.Change) (func(), error) { return nil, nil }

func (noHook) Position(context.Context, Tx, gift.Scope) (string, error) { return "", nil }
