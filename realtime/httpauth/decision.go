package httpauth

import (
	"encoding/json"
	"fmt"

	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime"
)

// request is sent to the backend.
type request struct {
	User    string         `json:"user"`
	Session string         `json:"session,omitempty"`
	Topic   realtime.Topic `json:"topic"`
}

// decision is the backend's.
type decision struct {
	allowed   bool
	canonical realtime.Topic
	group     string // the user's; empty for none
}

// failure is why there is no decision.
type failure struct {
	outcome Outcome
	reason  string
}

func (f *failure) Error() string { return f.reason }

func failed(o Outcome, format string, args ...any) *failure {
	return &failure{o, fmt.Sprintf(format, args...)}
}

// answer is the decision in JSON. A member that is missing or null is nil.
type answer struct {
	Allowed   *bool           `json:"allowed"`
	User      *string         `json:"user"`
	Topic     *string         `json:"topic"`
	Canonical *string         `json:"canonical"`
	Presence  json.RawMessage `json:"presence"`
}

// parseDecision parses the answer to the request.
func parseDecision(body []byte, q request) (decision, error) {
	var a answer
	err := strictjson.Unmarshal(body, &a)
	switch {
	case err != nil:
		return decision{}, failed(BadAnswer, "%v", err)
	case a.Allowed == nil:
		return decision{}, failed(BadAnswer, `field "allowed" is missing`)
	case a.User != nil && *a.User != q.User:
		return decision{}, failed(WrongTopic, `field "user": the answer is about another user`)
	case a.Topic != nil && *a.Topic != string(q.Topic):
		return decision{}, failed(WrongTopic, `field "topic": the answer is about another topic`)
	}
	v := decision{allowed: *a.Allowed, canonical: q.Topic}
	if a.Canonical != nil {
		if v.canonical, err = canonicalOf(q, *a.Canonical); err != nil {
			return decision{}, err
		}
	}
	if v.group, err = groupOf(a.Presence, v.canonical); err != nil {
		return decision{}, err
	}
	if !v.allowed {
		v.group = ""
	}
	return v, nil
}

// canonicalOf returns the canonical name, which must be of the requested type.
func canonicalOf(q request, name string) (realtime.Topic, error) {
	canonical, err := realtime.ParseTopic(name)
	if err != nil {
		return "", failed(BadAnswer, `field "canonical": %v`, err)
	}
	if canonical.Type() != q.Topic.Type() {
		return "", failed(WrongTopic, `field "canonical": the topic is of the type %q, and the request was about one of the type %q`, canonical.Type(), q.Topic.Type())
	}
	return canonical, nil
}

// groupOf parses the member presence: the name of a group, or true for a group of the
// topic's own.
func groupOf(presence json.RawMessage, canonical realtime.Topic) (group string, err error) {
	switch string(presence) {
	case "", "null", "false":
		return "", nil
	case "true":
		return string(canonical), nil
	}
	if json.Unmarshal(presence, &group) != nil || group == "" || len(group) > MaxGroup {
		return "", failed(BadAnswer, `field "presence" must be true, false, or the name of a group of 1 to %d bytes`, MaxGroup)
	}
	return group, nil
}
