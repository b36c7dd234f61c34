package hublog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// KeepAnswers is how long a key is remembered.
const KeepAnswers = 24 * time.Hour

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

// result is that of the publication when it comes again.
func (a answer) result(p Publication) (Result, error) {
	if a.request != p.Request {
		return Result{}, ErrKeyReused
	}
	if len(a.record) == 0 {
		return Result{}, errors.New("the answer that was kept is empty")
	}
	if a.record[0] != recordForm {
		return Result{Answer: a.record}, nil // as earlier versions kept it
	}
	entries, err := readRecord(a.record, p.Steps)
	return Result{Entries: entries}, err
}

// recordForm is the first byte of a record. No JSON begins with it.
const recordForm = 1

// newRecord keeps the positions of the entries, which are of the steps' events in that
// order, and the ids that the log has made.
func newRecord(steps []Step, entries []realtime.Entry) []byte {
	b := []byte{recordForm}
	for e := range eventsOf(steps) {
		made := &entries[0]
		entries = entries[1:]
		if len(b) == 1 {
			b = appendText(b, string(made.Epoch))
		}
		b = binary.AppendUvarint(b, uint64(made.Seq))
		if e.ID == "" {
			b = appendText(b, made.ID)
		}
	}
	return b
}

// eventsOf are the events of all steps, in their order.
func eventsOf(steps []Step) iter.Seq[*realtime.Event] {
	return func(yield func(*realtime.Event) bool) {
		for i := range steps {
			for j := range steps[i].Events {
				if !yield(&steps[i].Events[j]) {
					return
				}
			}
		}
	}
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// readRecord puts the entries together again, as far as an answer needs them.
func readRecord(record []byte, steps []Step) (entries []realtime.Entry, err error) {
	r := recordReader{rest: record[1:]}
	var epoch string
	for event := range eventsOf(steps) {
		if len(entries) == 0 {
			epoch = r.text()
		}
		e := realtime.Entry{Event: realtime.Event{ID: event.ID, Topic: event.Topic}}
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
