package httpauth

import (
	"encoding/json"
	"fmt"

	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime"
)

// question is what the backend is asked.
type question struct {
	User    string         `json:"user"`
	Session string         `json:"session,omitempty"`
	Topic   realtime.Topic `json:"topic"`
}

// verdict is what it said.
type verdict struct {
	allowed   bool
	canonical realtime.Topic
	group     string // in which the user meets others; empty for none
}

// failure is why there is no verdict.
type failure struct {
	outcome Outcome
	reason  string
}

func (f *failure) Error() string { return f.reason }

func failed(o Outcome, format string, args ...any) *failure {
	return &failure{o, fmt.Sprintf(format, args...)}
}

// answer is a verdict as it comes. What is missing, or null, is nil.
type answer struct {
	Allowed   *bool           `json:"allowed"`
	User      *string         `json:"user"`
	Topic     *string         `json:"topic"`
	Canonical *string         `json:"canonical"`
	Presence  json.RawMessage `json:"presence"`
}

// parseVerdict reads an answer to the question.
func parseVerdict(body []byte, q question) (verdict, error) {
	var a answer
	err := strictjson.Unmarshal(body, &a)
	switch {
	case err != nil:
		return verdict{}, failed(BadAnswer, "%v", err)
	case a.Allowed == nil:
		return verdict{}, failed(BadAnswer, `field "allowed" is missing`)
	case a.User != nil && *a.User != q.User:
		return verdict{}, failed(WrongTopic, `field "user": the answer is about another user`)
	case a.Topic != nil && *a.Topic != string(q.Topic):
		return verdict{}, failed(WrongTopic, `field "topic": the answer is about another topic`)
	}
	v := verdict{allowed: *a.Allowed, canonical: q.Topic}
	if a.Canonical != nil {
		if v.canonical, err = canonicalOf(q, *a.Canonical); err != nil {
			return verdict{}, err
		}
	}
	if v.group, err = groupOf(a.Presence, v.canonical); err != nil {
		return verdict{}, err
	}
	if !v.allowed {
		v.group = ""
	}
	return v, nil
}

// canonicalOf checks a canonical name: it is of the type that was asked for.
func canonicalOf(q question, name string) (realtime.Topic, error) {
	canonical, err := realtime.ParseTopic(name)
	if err != nil {
		return "", failed(BadAnswer, `field "canonical": %v`, err)
	}
	if canonical.Type() != q.Topic.Type() {
		return "", failed(WrongTopic, `field "canonical": the topic is of the type %q, and the question was about one of the type %q`, canonical.Type(), q.Topic.Type())
	}
	return canonical, nil
}

// groupOf reads the member presence: the name of a group, or true for those who
// read the same topic.
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
