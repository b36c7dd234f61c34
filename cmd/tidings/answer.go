package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// keepAnswers is how long an Idempotency-Key is remembered.
const keepAnswers = 24 * time.Hour

// errKeyReused is returned when a key comes back with another request.
var errKeyReused = errors.New("this Idempotency-Key was used for another request")

// once makes a publication happen at most once. The zero value does not.
type once struct {
	// key is the client's; empty for none.
	key string
	// request is a hash of what was asked.
	request string
}

// answer is what is remembered of a publication: what its request, which comes
// again, does not say.
type answer struct {
	request string
	record  []byte
}

// cost is what the answer takes, where each takes so much besides its texts.
func (a answer) cost(key string, overhead int) int {
	return overhead + len(key) + len(a.request) + len(a.record)
}

// again renders the answer once more, to the same request.
func (a answer) again(once once, steps []step, render func([]realtime.Entry) []byte) ([]byte, error) {
	if a.request != once.request {
		return nil, errKeyReused
	}
	if len(a.record) == 0 || a.record[0] != recordForm {
		return a.record, nil // the answer itself, as earlier versions kept it
	}
	entries, err := readRecord(a.record, steps)
	if err != nil {
		return nil, err
	}
	return render(entries), nil
}

// recordForm is the first byte of a record. No JSON begins with it.
const recordForm = 1

// newRecord keeps the positions of the entries, which are of the steps' events in
// that order, and the ids that the log has made.
func newRecord(steps []step, entries []realtime.Entry) []byte {
	b := []byte{recordForm}
	for _, s := range steps {
		if s.withdraw != nil {
			continue
		}
		e := entries[0]
		entries = entries[1:]
		if len(b) == 1 {
			b = appendText(b, string(e.Epoch))
		}
		b = binary.AppendUvarint(b, uint64(e.Seq))
		if s.event.ID == "" {
			b = appendText(b, e.ID)
		}
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// readRecord puts the entries together again, as far as an answer needs them.
func readRecord(record []byte, steps []step) (entries []realtime.Entry, err error) {
	r := recordReader{rest: record[1:]}
	var epoch string
	for _, s := range steps {
		if s.withdraw != nil {
			continue
		}
		if len(entries) == 0 {
			epoch = r.text()
		}
		e := realtime.Entry{Event: realtime.Event{ID: s.event.ID, Topic: s.event.Topic}}
		e.Position = realtime.Position{Epoch: realtime.Epoch(epoch), Seq: realtime.Seq(r.number())}
		if e.ID == "" {
			e.ID = r.text()
		}
		entries = append(entries, e)
	}
	if r.short || len(r.rest) > 0 {
		return nil, fmt.Errorf("the answer that was kept is not one to these %d events", len(entries))
	}
	return entries, nil
}

// recordReader takes a record apart.
type recordReader struct {
	rest  []byte
	short bool // it ended too early
}

func (r *recordReader) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.short, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *recordReader) text() string {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.short, n = true, uint64(len(r.rest))
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}
