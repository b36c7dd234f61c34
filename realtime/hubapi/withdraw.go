package hubapi

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/hublog"
)

// parseWithdrawal reads a body of /api/withdraw.
func parseWithdrawal(raw json.RawMessage) (it item) {
	it.access = true
	it.withdrawal, it.problem = readWithdrawal(raw)
	return it
}

// readWithdrawal returns a withdrawal, or names the first field that is wrong.
func readWithdrawal(raw json.RawMessage) (*hublog.Withdrawal, *itemProblem) {
	var body struct {
		Topic string          `json:"topic"`
		Users json.RawMessage `json:"users"`
	}
	if problem := readItem(raw, &body); problem != nil {
		return nil, problem
	}
	if problem := checkTopic(body.Topic); problem != nil {
		return nil, problem
	}
	w := &hublog.Withdrawal{Topic: realtime.Topic(body.Topic)}
	if body.Users == nil {
		return w, nil // everybody
	}
	const kind = "must be an array of user ids; leave it out to withdraw the topic from everybody"
	if strictjson.Unmarshal(body.Users, &w.Users) != nil {
		return nil, badItem("users", kind)
	}
	if len(w.Users) == 0 { // is that everybody, or nobody?
		return nil, badItem("users", kind+": an empty one could mean either")
	}
	if err := realtime.CheckAccess(w.Topic, w.Users); err != nil {
		field, message, _ := strings.Cut(err.Error(), ": ")
		return nil, badItem(field, message)
	}
	return w, nil
}

// checkTopic returns what is wrong with a topic.
func checkTopic(topic string) *itemProblem {
	_, err := realtime.ParseTopic(topic)
	if err == nil {
		return nil
	}
	var public *realtime.Error
	_ = errors.As(err, &public) // ParseTopic returns no other errors
	return &itemProblem{Code: string(public.Code), Field: "topic", Message: public.Message}
}

// mayChangeAccess reports whether an item of a publication that is wrong may have
// been meant for a withdrawal: whatever is not plainly an event.
func mayChangeAccess(raw json.RawMessage) bool {
	event := false
	_, err := strictjson.Members(raw, func(name string, _ []byte) error {
		event = event || name == "event" || name == "data"
		if name == "withdraw" {
			return errWithdrawal
		}
		return nil
	})
	return err != nil || !event
}

var errWithdrawal = errors.New("it is a withdrawal")

// wholeOrNot has an array take effect whole or not at all, if one of its items
// withdraws a topic: an event that was to follow a withdrawal must not go out where
// that is wrong.
func wholeOrNot(items []item) {
	wrong := func(it item) bool { return it.problem != nil }
	access := func(it item) bool { return it.access }
	if !slices.ContainsFunc(items, wrong) || !slices.ContainsFunc(items, access) {
		return
	}
	for i := range items {
		if items[i].problem == nil {
			items[i].problem = &itemProblem{Code: "not_done", Message: "nothing of the array was done, since another item of it is wrong, and access changes in it"}
		}
	}
}
