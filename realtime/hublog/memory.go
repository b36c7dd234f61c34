package hublog

import (
	"context"
	"sync"
	"time"

	"github.com/familygifting/tidings/internal/retention"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
	"github.com/familygifting/tidings/realtime/memlog"
)

// answerOverhead is what an answer in memory costs beside its texts, about.
const answerOverhead = 256

// memory keeps everything in memory.
type memory struct {
	*memlog.Log
	trimmer
	answerBytes int // static: the most that answers may take

	mu      sync.Mutex // guards what follows, and puts commits in order
	answers map[string]datedAnswer
	keys    []string // of the answers, oldest first
	bytes   int      // that the answers take
}

type datedAnswer struct {
	answer
	at time.Time
}

// NewMemory returns a log that ends with the process.
func NewMemory(opts Options) Log {
	opts = opts.withDefaults()
	m := &memory{
		Log:         memlog.New(memlog.Options{KeepCount: opts.KeepCount, KeepAge: opts.KeepAge}),
		answerBytes: opts.AnswerBytes, answers: make(map[string]datedAnswer),
	}
	m.begin(opts.Logger, retention.Task{Name: "what is old", Run: m.trim})
	return m
}

// memoryTx is a transaction on a log in memory.
type memoryTx struct{ *memlog.Tx }

func (tx memoryTx) append(events []realtime.Event) ([]realtime.Entry, error) {
	return tx.Append(events...), nil
}

func (tx memoryTx) withdraw(w *Withdrawal) error { return tx.Withdraw(w.Topic, w.Users...) }

// Commit implements [Log].
func (m *memory) Commit(_ context.Context, p Publication) (r Result, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if before, seen := m.answers[p.Key]; seen {
		return before.result(p)
	}
	err = m.Log.Commit(func(tx *memlog.Tx) error { r.Entries, err = apply(memoryTx{tx}, p.Steps); return err })
	if err != nil {
		return Result{}, err
	}
	if p.Key != "" {
		m.remember(p.Key, datedAnswer{answer{p.Request, newRecord(p.Steps, r.Entries)}, time.Now()})
	}
	if p.Committed != nil {
		p.Committed(r.Entries)
	}
	return r, nil
}

// remember keeps an answer, for which the oldest make room. Call it with mu held.
func (m *memory) remember(key string, a datedAnswer) {
	m.answers[key], m.keys = a, append(m.keys, key)
	m.bytes += a.cost(key, answerOverhead)
	m.forget()
}

// forget drops the oldest answers while they are too old, or too many. Call it with mu
// held.
func (m *memory) forget() {
	for len(m.keys) > 0 {
		key := m.keys[0]
		oldest := m.answers[key]
		if m.bytes <= m.answerBytes && time.Since(oldest.at) < KeepAnswers {
			return
		}
		delete(m.answers, key)
		m.keys, m.bytes = m.keys[1:], m.bytes-oldest.cost(key, answerOverhead)
	}
}

// trim frees what nobody publishes after.
func (m *memory) trim(context.Context) (more bool, err error) {
	m.Trim()
	if inUse := m.inUse.Load(); inUse != nil {
		m.ForgetTopics(*inUse)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget()
	return false, nil
}

// CountTopics implements [Log].
func (m *memory) CountTopics(context.Context) (int, error) { return m.Topics(), nil }

// Revocations implements [Log].
func (m *memory) Revocations() jwtauth.Store { return nil }

// Check implements [Log].
func (m *memory) Check(context.Context) error { return nil }

// Close implements [Log].
func (m *memory) Close() error {
	m.end()
	return nil
}
