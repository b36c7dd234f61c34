package hubapi

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/hublog"
	"github.com/familygifting/tidings/realtime/wire"
)

// Whatever is taken as an event goes out as one that every browser can read,
// and says what came in.
// Guarantees: A37, A45
func FuzzPublication(f *testing.F) {
	f.Add([]byte(one))
	f.Add([]byte("[" + one + "," + one + "]"))
	f.Add([]byte(`{"topic":"a:b","Topic":"c:d","topic":"e:f","event":"ADDED","data":{"entity_id":"e","Entity_ID":"f"}}`))
	f.Add([]byte(`{"withdraw":{"topic":"a:b","users":["u1","u2"]}}`))
	f.Add([]byte(`[{"withdraw":{"topic":"a:b"}},` + one + `]`))
	f.Add([]byte(`[]`))
	f.Add([]byte(`[1,null,{}]`))
	f.Add([]byte(`{"id":"i","topic":"a:b","event":"DELETED","data":{"entity_id":"e","payload":null,"user_id":"u","timestamp":"2026-01-01T00:00:00Z"},"version":7,"mutation_id":"m","trace_id":"t"}`))
	f.Add([]byte("{\"topic\":\"a:b\",\"event\":\"ADDED\",\"data\":{\"entity_id\":\"\xff\",\"payload\":\"\xff\"}}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		items, single, problem := parseItems(body, func(raw json.RawMessage) item { return parseItem(raw, DefaultMaxPayload) })
		if !checkWhole(t, body, len(items), single, problem) {
			return
		}
		for _, it := range items {
			if w := it.withdrawal; it.problem == nil && w != nil {
				checkWithdrawn(t, w)
			} else if it.problem == nil {
				checkPublished(t, it.event)
				if !single {
					continue
				}
				// Read by the exact names, nothing else has been taken for it.
				var exact map[string]json.RawMessage
				if err := json.Unmarshal(body, &exact); err != nil || string(it.event.Topic) != text(exact["topic"]) {
					t.Errorf("%q: taken for %s", body, it.event.Topic)
				}
			} else if it.problem.Message == "" {
				t.Errorf("%q: refused without a word", body)
			}
		}
	})
}

// Whatever is taken as a withdrawal is one that a log takes, and never a wider one
// than was asked for.
// Guarantees: A51
func FuzzWithdrawal(f *testing.F) {
	f.Add([]byte(`{"topic":"a:b"}`))
	f.Add([]byte(`{"topic":"a:b","users":["u1","u2"]}`))
	f.Add([]byte(`{"topic":"a:b","users":[]}`))
	f.Add([]byte(`{"topic":"a:b","users":null}`))
	f.Add([]byte(`{"topic":"a:b","users":["u1","u1",""]}`))
	f.Add([]byte(`{"topic":"a:b","\u0075sers":["u1"],"users":["u2"]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		w, problem := readWithdrawal(body)
		if problem != nil {
			if problem.Code == "" || problem.Message == "" {
				t.Errorf("%q: refused with %+v", body, problem)
			}
			return
		}
		checkWithdrawn(t, w)
		var exact map[string]any
		if err := json.Unmarshal(body, &exact); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		users, named := exact["users"].([]any)
		if _, there := exact["users"]; there != named || named != (len(w.Users) > 0) || len(users) != len(w.Users) {
			t.Errorf("%q: taken for %q", body, w.Users)
		}
	})
}

func checkWithdrawn(t *testing.T, w *hublog.Withdrawal) {
	t.Helper()
	if err := realtime.CheckAccess(w.Topic, w.Users); err != nil {
		t.Errorf("%+v: %v", w, err)
	}
}

// text is the text that a JSON value is.
func text(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s) // of anything else: empty
	return s
}

func checkPublished(t *testing.T, e realtime.Event) {
	frame := (&wire.Event{
		Topic: string(e.Topic), Event: string(e.Type), EntityID: e.EntityID, Payload: e.Payload, UserID: e.UserID,
		Timestamp: e.Timestamp, MutationID: e.MutationID, TraceID: e.TraceID, Version: e.Version, Epoch: "e", Seq: 1, ID: e.ID,
	}).Append(nil)
	var got publication
	if err := json.Unmarshal(frame, &struct{ *publication }{&got}); err != nil || !utf8.Valid(frame) {
		t.Fatalf("%q cannot be read: %v", frame, err)
	}
	if got.Topic != string(e.Topic) || got.Event != string(e.Type) || got.Data.EntityID != e.EntityID ||
		got.Data.UserID != e.UserID || got.ID != e.ID || got.Version != e.Version || got.MutationID != e.MutationID || got.TraceID != e.TraceID {
		t.Errorf("%+v went out as %s", e, frame)
	}
}
