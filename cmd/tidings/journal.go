package main

import (
	"context"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
	"github.com/familygifting/tidings/realtime/memlog"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// trimInterval is how often old events and answers are looked for.
const trimInterval = time.Minute

// step is one thing that a commit does: it appends an event, or withdraws a topic.
type step struct {
	event    realtime.Event
	withdraw *withdrawal // nil for an event
}

// withdrawal takes a topic from users, or from everybody where none is named.
type withdrawal struct {
	topic realtime.Topic
	users []string
}

// journal is a log that the hub itself appends to.
type journal interface {
	realtime.Log
	// commit does the steps in one transaction, in their order, and returns the
	// answer that render makes of the entries of their events. When once was seen
	// before it does nothing, and returns the answer of then, and no entries; or
	// errKeyReused. Of then render gets ids, topics and positions alone.
	commit(ctx context.Context, once once, steps []step, render func([]realtime.Entry) []byte) ([]byte, []realtime.Entry, error)
	// forgetUnused lets it forget, from now on, topics without events for which
	// inUse returns false.
	forgetUnused(inUse func(realtime.Topic) bool)
	// knownTopics is how many topics the log knows.
	knownTopics(ctx context.Context) (int, error)
	// revocations returns where revocations are kept for as long as the log; nil
	// where that ends with the process.
	revocations() jwtauth.Store
	close() error
}

func (c *serveCommand) openJournal(ctx context.Context) (journal, error) {
	if c.Log == "memory" {
		return newMemoryJournal(memlog.Options{KeepCount: c.KeepCount, KeepAge: c.KeepAge}, c.AnswerBytes), nil
	}
	return openSQLite(ctx, c.Log, c.Addr, sqllog.Options{KeepCount: c.KeepCount, KeepAge: c.KeepAge}, c.AnswerBytes)
}

// logTx is a transaction on a log.
type logTx interface {
	append(events []realtime.Event) ([]realtime.Entry, error)
	withdraw(topic realtime.Topic, users []string) error
}

// perform does the steps and returns the entries of their events. Events that
// follow each other are appended together.
func perform(tx logTx, steps []step) (entries []realtime.Entry, err error) {
	var events []realtime.Event
	flush := func() error {
		appended, err := tx.append(events)
		entries, events = append(entries, appended...), nil
		return err
	}
	for _, s := range steps {
		if s.withdraw == nil {
			events = append(events, s.event)
			continue
		}
		if err := flush(); err != nil {
			return nil, err
		}
		if err := tx.withdraw(s.withdraw.topic, s.withdraw.users); err != nil {
			return nil, err
		}
	}
	if err := flush(); err != nil {
		return nil, err
	}
	return entries, nil
}

// everyTrimInterval calls trim now and then until ctx ends.
func everyTrimInterval(ctx context.Context, trim func()) {
	ticker := time.NewTicker(trimInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			trim()
		}
	}
}
