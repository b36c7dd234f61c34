package hubapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/hublog"
)

// Limits of a publication.
const (
	maxText        = 256 // bytes of ids
	maxIdempotency = 128 // bytes of an Idempotency-Key
)

// item is an event or a withdrawal of a publication, or what is wrong with it.
type item struct {
	event      realtime.Event
	withdrawal *hublog.Withdrawal // nil for an event
	problem    *itemProblem
	// access is whether it changes access, or may have been meant to.
	access bool
}

// publication is an event as clients send it: the WSEvent of the wire. With withdraw
// it is a withdrawal in its place.
type publication struct {
	Withdraw json.RawMessage `json:"withdraw"`

	ID    string `json:"id"`
	Topic string `json:"topic"`
	Event string `json:"event"`
	Data  struct {
		EntityID  string          `json:"entity_id"`
		Payload   json.RawMessage `json:"payload"`
		UserID    string          `json:"user_id"`
		Timestamp *time.Time      `json:"timestamp"`
	} `json:"data"`
	Version    int64  `json:"version"`
	MutationID string `json:"mutation_id"`
	TraceID    string `json:"trace_id"`
}

// parseItems takes a body apart. The problem is one of the whole body.
func parseItems(body []byte, parse func(json.RawMessage) item) (items []item, single bool, problem *itemProblem) {
	raws, single, problem := elements(body)
	if problem != nil {
		return nil, false, problem
	}
	items = make([]item, len(raws))
	for i, raw := range raws {
		items[i] = parse(raw)
	}
	wholeOrNot(items)
	return items, single, nil
}

func parseItem(raw json.RawMessage, maxPayload int) (it item) {
	var p publication
	if it.problem = readItem(raw, &p); it.problem == nil && p.Withdraw != nil {
		it.withdrawal, it.problem = p.withdrawal()
	} else if it.problem == nil {
		it.event, it.problem = p.event(maxPayload)
	}
	it.access = it.withdrawal != nil || it.problem != nil && mayChangeAccess(raw)
	return it
}

// withdrawal returns the withdrawal that stands in place of an event.
func (p *publication) withdrawal() (*hublog.Withdrawal, *itemProblem) {
	raw := p.Withdraw
	if p.Withdraw = nil; !reflect.ValueOf(*p).IsZero() {
		return nil, badItem("withdraw", "must stand alone in its item: the events before and behind it are items of their own")
	}
	w, problem := readWithdrawal(raw)
	if problem != nil {
		problem.Field = strings.TrimSuffix("withdraw."+problem.Field, ".")
	}
	return w, problem
}

// event returns the event.
func (p *publication) event(maxPayload int) (e realtime.Event, problem *itemProblem) {
	if problem = p.check(maxPayload); problem != nil {
		return e, problem
	}
	e = realtime.Event{
		ID: p.ID, Topic: realtime.Topic(p.Topic), Type: realtime.EventType(p.Event), EntityID: p.Data.EntityID,
		Payload: p.Data.Payload, UserID: p.Data.UserID, Version: p.Version, MutationID: p.MutationID, TraceID: p.TraceID,
	}
	if p.Data.Timestamp != nil {
		e.Timestamp = *p.Data.Timestamp
	}
	return e, nil
}

// check names the first field that is wrong.
func (p *publication) check(maxPayload int) *itemProblem {
	if problem := checkTopic(p.Topic); problem != nil {
		return problem
	}
	switch realtime.EventType(p.Event) {
	case realtime.Added, realtime.Updated, realtime.Deleted, realtime.StatusChanged:
	default:
		return badItem("event", "must be ADDED, UPDATED, DELETED or STATUS_CHANGED")
	}
	for _, f := range []struct{ name, value string }{
		{"id", p.ID}, {"data.entity_id", p.Data.EntityID}, {"data.user_id", p.Data.UserID},
		{"mutation_id", p.MutationID}, {"trace_id", p.TraceID},
	} {
		if len(f.value) > maxText {
			return badItem(f.name, fmt.Sprintf("has at most %d bytes", maxText))
		}
	}
	switch {
	case p.Data.EntityID == "":
		return badItem("data.entity_id", "is missing")
	case len(p.Data.Payload) > maxPayload:
		return badItem("data.payload", fmt.Sprintf("has at most %d bytes (--max-payload)", maxPayload))
	case p.Version < 0:
		return badItem("version", "must not be negative")
	}
	return nil
}
