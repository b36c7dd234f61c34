package memlog

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// Tx is a transaction of [Log.Commit]. It is valid until the function returns.
type Tx struct {
	log *Log
	now time.Time
	// before has each touched history as it was; nil for a new one.
	before map[realtime.Topic]*history
}

// Commit runs f in a transaction: readers see all of its changes or none. It is rolled back
// when f returns an error or panics. f must not use the log itself.
func (l *Log) Commit(f func(tx *Tx) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	tx := &Tx{log: l, now: time.Now(), before: make(map[realtime.Topic]*history)}
	done := false
	defer func() {
		if !done {
			tx.undo()
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	done = true
	for topic := range tx.before {
		l.topics[topic].trim(l.opts, tx.now)
		l.changes.add(topic)
	}
	return nil
}

// undo restores the touched histories.
func (tx *Tx) undo() {
	for topic, before := range tx.before {
		if before == nil {
			delete(tx.log.topics, topic)
			continue
		}
		*tx.log.topics[topic] = *before
	}
}

// touch returns the topic's history for a change. Until the commit its slices only grow or
// are replaced, so a copy of its fields is enough to undo the change.
func (tx *Tx) touch(topic realtime.Topic) *history {
	h := tx.log.topics[topic]
	if _, touched := tx.before[topic]; touched {
		return h
	}
	if h == nil {
		h = &history{floor: tx.log.forgotten}
		tx.log.topics[topic], tx.before[topic] = h, nil
		return h
	}
	before := *h
	tx.before[topic] = &before
	return h
}

// Append gives each event the next position of its topic and returns them in
// the order given. Empty ids are filled in, and a zero Timestamp with the time.
func (tx *Tx) Append(events ...realtime.Event) []realtime.Entry {
	entries := make([]realtime.Entry, len(events))
	for i, e := range events {
		if e.ID == "" {
			e.ID = rand.Text()
		}
		if e.Timestamp.IsZero() {
			e.Timestamp = tx.now.UTC()
		}
		h := tx.touch(e.Topic)
		entries[i] = realtime.Entry{
			Event: e, Position: realtime.Position{Epoch: tx.log.epoch, Seq: h.head() + 1}, Generation: h.generation,
		}
		h.entries, h.appended = append(h.entries, entries[i]), append(h.appended, tx.now)
	}
	return entries
}

// Withdraw raises the topic's access generation and takes the topic from the
// users, or from everybody where none is named.
func (tx *Tx) Withdraw(topic realtime.Topic, users ...string) error {
	if err := realtime.CheckAccess(topic, users); err != nil {
		return fmt.Errorf("withdrawing a topic: %w", err)
	}
	if len(users) == 0 {
		users = []string{""}
	}
	h := tx.touch(topic)
	h.generation++
	for _, user := range users {
		h.note(tx.now, realtime.AccessChange{Generation: h.generation, User: user})
	}
	return nil
}

// OpenTo raises the topic's access generation: the users may read it from here on,
// if the Authorizer says so.
func (tx *Tx) OpenTo(topic realtime.Topic, users ...string) error {
	if err := realtime.CheckOpening(topic, users); err != nil {
		return fmt.Errorf("opening a topic: %w", err)
	}
	h := tx.touch(topic)
	h.generation++
	for _, user := range users {
		h.note(tx.now, realtime.AccessChange{Generation: h.generation, User: user, Opened: true, From: h.head()})
	}
	return nil
}

// OpenToAll raises the topic's access generation: everybody may read it from here
// on, if the Authorizer says so. Those named keep what they could read before.
func (tx *Tx) OpenToAll(topic realtime.Topic, keep ...string) error {
	if err := realtime.CheckAccess(topic, keep); err != nil {
		return fmt.Errorf("opening a topic: %w", err)
	}
	h := tx.touch(topic)
	h.generation++
	rights := h.access // of before
	h.note(tx.now, realtime.AccessChange{Generation: h.generation, Opened: true, From: h.head()})
	for _, user := range keep {
		from := h.head()
		if right := realtime.RightOf(user, rights); !right.Closed {
			from = right.From
		}
		h.note(tx.now, realtime.AccessChange{Generation: h.generation, User: user, Opened: true, From: from})
	}
	return nil
}

// Break moves the topics on by one position, as if an event had been appended and trimmed:
// a client that resumes from before fetches afresh.
func (tx *Tx) Break(topics ...realtime.Topic) error {
	if err := realtime.CheckTopics(topics); err != nil {
		return fmt.Errorf("breaking histories: %w", err)
	}
	for _, topic := range topics {
		h := tx.touch(topic)
		h.floor, h.entries, h.appended = h.head()+1, nil, nil
	}
	return nil
}

// Append is [Tx.Append] in a commit of its own.
func (l *Log) Append(events ...realtime.Event) (entries []realtime.Entry) {
	_ = l.Commit(func(tx *Tx) error { entries = tx.Append(events...); return nil })
	return entries
}

// Withdraw is [Tx.Withdraw] in a commit of its own.
func (l *Log) Withdraw(topic realtime.Topic, users ...string) error {
	return l.Commit(func(tx *Tx) error { return tx.Withdraw(topic, users...) })
}

// OpenTo is [Tx.OpenTo] in a commit of its own.
func (l *Log) OpenTo(topic realtime.Topic, users ...string) error {
	return l.Commit(func(tx *Tx) error { return tx.OpenTo(topic, users...) })
}

// OpenToAll is [Tx.OpenToAll] in a commit of its own.
func (l *Log) OpenToAll(topic realtime.Topic, keep ...string) error {
	return l.Commit(func(tx *Tx) error { return tx.OpenToAll(topic, keep...) })
}

// Break is [Tx.Break] in a commit of its own.
func (l *Log) Break(topics ...realtime.Topic) error {
	return l.Commit(func(tx *Tx) error { return tx.Break(topics...) })
}
