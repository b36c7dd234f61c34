package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
	"github.com/familygifting/tidings/realtime/memlog"
)

// answerOverhead is what an answer in memory costs beside its texts, about.
const answerOverhead = 256

// memoryJournal keeps everything in memory.
type memoryJournal struct {
	*memlog.Log
	answerBytes int // static: the most that answers may take
	stop        context.CancelFunc
	trimmer     sync.WaitGroup
	inUse       atomic.Pointer[func(realtime.Topic) bool] // nil until topics may be forgotten

	mu      sync.Mutex // guards what follows, and orders publications that have a key
	answers map[string]datedAnswer
	keys    []string // of the answers, oldest first
	bytes   int      // that the answers take
}

type datedAnswer struct {
	answer
	at time.Time
}

func newMemoryJournal(opts memlog.Options, answerBytes int) *memoryJournal {
	trimming, stop := context.WithCancel(context.Background())
	j := &memoryJournal{Log: memlog.New(opts), answerBytes: answerBytes, stop: stop, answers: make(map[string]datedAnswer)}
	j.trimmer.Go(func() { everyTrimInterval(trimming, j.trim) })
	return j
}

// memoryTx is a transaction on a log in memory.
type memoryTx struct{ *memlog.Tx }

func (tx memoryTx) append(events []realtime.Event) ([]realtime.Entry, error) {
	return tx.Append(events...), nil
}

func (tx memoryTx) withdraw(topic realtime.Topic, users []string) error {
	return tx.Withdraw(topic, users...)
}

func (j *memoryJournal) commit(_ context.Context, once once, steps []step, render func([]realtime.Entry) []byte) ([]byte, []realtime.Entry, error) {
	if once.key == "" {
		entries, err := j.perform(steps)
		if err != nil {
			return nil, nil, err
		}
		return render(entries), entries, nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if before, seen := j.answers[once.key]; seen {
		body, err := before.again(once, steps, render)
		return body, nil, err
	}
	entries, err := j.perform(steps)
	if err != nil {
		return nil, nil, err
	}
	j.remember(once.key, datedAnswer{answer{once.request, newRecord(steps, entries)}, time.Now()})
	return render(entries), entries, nil
}

func (j *memoryJournal) perform(steps []step) (entries []realtime.Entry, err error) {
	err = j.Commit(func(tx *memlog.Tx) error { entries, err = perform(memoryTx{tx}, steps); return err })
	return entries, err
}

// remember keeps an answer, for which the oldest make room. Call it with mu held.
func (j *memoryJournal) remember(key string, a datedAnswer) {
	j.answers[key], j.keys = a, append(j.keys, key)
	j.bytes += a.cost(key, answerOverhead)
	j.forget()
}

// forget drops the oldest answers while they are too old, or too many. Call it
// with mu held.
func (j *memoryJournal) forget() {
	for len(j.keys) > 0 {
		key := j.keys[0]
		oldest := j.answers[key]
		if j.bytes <= j.answerBytes && time.Since(oldest.at) < keepAnswers {
			return
		}
		delete(j.answers, key)
		j.keys, j.bytes = j.keys[1:], j.bytes-oldest.cost(key, answerOverhead)
	}
}

// trim frees what nobody publishes after.
func (j *memoryJournal) trim() {
	j.Trim()
	if inUse := j.inUse.Load(); inUse != nil {
		j.ForgetTopics(*inUse)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.forget()
}

func (j *memoryJournal) forgetUnused(inUse func(realtime.Topic) bool) { j.inUse.Store(&inUse) }

func (j *memoryJournal) knownTopics(context.Context) (int, error) { return j.Topics(), nil }

func (j *memoryJournal) revocations() jwtauth.Store { return nil }

func (j *memoryJournal) close() error {
	j.stop()
	j.trimmer.Wait()
	return nil
}
