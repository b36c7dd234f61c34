package httpauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

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

// answer is a verdict as it comes. What is missing is nil.
type answer struct {
	allowed                *bool
	user, topic, canonical *string
	presence               json.RawMessage
}

// parseVerdict reads an answer to the question.
func parseVerdict(body []byte, q question) (verdict, error) {
	a, err := parseAnswer(body)
	switch {
	case err != nil:
		return verdict{}, failed(BadAnswer, "%v", err)
	case a.allowed == nil:
		return verdict{}, failed(BadAnswer, `field "allowed" is missing`)
	case a.user != nil && *a.user != q.User:
		return verdict{}, failed(WrongTopic, `field "user": the answer is about another user`)
	case a.topic != nil && *a.topic != string(q.Topic):
		return verdict{}, failed(WrongTopic, `field "topic": the answer is about another topic`)
	}
	v := verdict{allowed: *a.allowed, canonical: q.Topic}
	if a.canonical != nil {
		if v.canonical, err = canonicalOf(q, *a.canonical); err != nil {
			return verdict{}, err
		}
	}
	if v.group, err = groupOf(a.presence, v.canonical); err != nil {
		return verdict{}, err
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
	case "", "false":
		return "", nil
	case "true":
		return string(canonical), nil
	}
	if json.Unmarshal(presence, &group) != nil || group == "" || len(group) > MaxGroup {
		return "", failed(BadAnswer, `field "presence" must be true, false, or the name of a group of 1 to %d bytes`, MaxGroup)
	}
	return group, nil
}

// parseAnswer takes an object apart. encoding/json alone would take another
// case for a member, and the last of two.
func parseAnswer(body []byte) (a answer, err error) {
	if !utf8.Valid(body) || !json.Valid(body) {
		return a, errors.New("the answer is not JSON in UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if begin, _ := decoder.Token(); begin != json.Delim('{') {
		return a, errors.New("the answer is not a JSON object")
	}
	known := map[string]any{"allowed": &a.allowed, "presence": &a.presence, "user": &a.user, "topic": &a.topic, "canonical": &a.canonical}
	seen := make(map[string]bool)
	for decoder.More() {
		token, _ := decoder.Token()
		name, _ := token.(string) // it is valid JSON, so it is a member's name
		into := known[name]
		switch {
		case into == nil:
			return a, fmt.Errorf("unknown field %.64q", name)
		case seen[name]:
			return a, fmt.Errorf("duplicate field %q", name)
		}
		seen[name] = true
		if err := decoder.Decode(into); err != nil {
			return a, fmt.Errorf("field %q has a value of the wrong kind", name)
		}
	}
	return a, a.noNull(seen)
}

// noNull refuses a member that is null: it says nothing, so it is a mistake.
func (a answer) noNull(seen map[string]bool) error {
	for name, missing := range map[string]bool{
		"allowed": a.allowed == nil, "presence": a.presence == nil, "user": a.user == nil, "topic": a.topic == nil, "canonical": a.canonical == nil,
	} {
		if seen[name] && missing {
			return fmt.Errorf("field %q must not be null: leave it out", name)
		}
	}
	return nil
}
