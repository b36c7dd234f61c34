package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/familygifting/tidings/internal/strictjson"
)

// Action is the kind of a request.
type Action string

// The actions.
const (
	ActionAuth        Action = "auth"
	ActionSubscribe   Action = "subscribe"
	ActionUnsubscribe Action = "unsubscribe"
	ActionPing        Action = "ping"
	ActionSignal      Action = "signal"
)

// Limits of a request's form.
const (
	// MaxRef is the most bytes of a ref.
	MaxRef = 64
	// MaxEntity is the most bytes of an entity's id.
	MaxEntity = 128
	// MaxEpoch is the most bytes of an epoch.
	MaxEpoch = 64
	// MaxSeq is the largest position that JavaScript counts exactly.
	MaxSeq = 1<<53 - 1
)

// Request is a message from a client. Which fields are set depends on Action.
type Request struct {
	Action Action
	// Token of auth.
	Token string
	// Topics of subscribe, and of unsubscribe, which names them and no more.
	Topics []TopicRequest
	// Topic of signal.
	Topic string
	// Data of signal: any JSON.
	Data json.RawMessage
	// Entity that a signal is about; empty where it names none.
	Entity string
	// Ref is echoed in the answers.
	Ref string
}

// TopicRequest is one topic of a subscribe or an unsubscribe.
type TopicRequest struct {
	Topic string
	// Since is the position the client holds; nil when it holds none.
	Since *Since
	// Presence asks for who else is there.
	Presence bool
}

// Since is a position as the client sends it.
type Since struct {
	Epoch string
	Seq   uint64
}

// RequestError is an error in a request, for the author of the client.
type RequestError struct {
	// Ref of the request, if that much could be read.
	Ref string
	// Field is the path of the invalid member, such as "topics[3].since.seq"; empty for the
	// message as a whole.
	Field   string
	Problem string
}

func (e *RequestError) Error() string {
	if e.Field == "" {
		return e.Problem
	}
	return e.Field + ": " + e.Problem
}

func wrong(field, format string, args ...any) error {
	return &RequestError{Field: field, Problem: fmt.Sprintf(format, args...)}
}

// unknown returns the error for an unknown member. Where is the path of its object, with a
// dot behind it.
func unknown(where, name string) error {
	name = strictjson.Clip(name, strictjson.MaxName)
	return wrong(where+name, "unknown field %q", name)
}

// fields lists what each action may carry besides "action".
var fields = map[Action]string{
	ActionAuth:        " token ",
	ActionSubscribe:   " topic topics since presence ref ",
	ActionUnsubscribe: " topic topics ref ",
	ActionPing:        " ",
	ActionSignal:      " topic entity data ref ",
}

// members are those of a request, not yet parsed.
type members struct {
	action, token, topic, topics, since, presence, ref, data, entity []byte
	unknown                                                          string
}

func (m *members) slot(name string) *[]byte {
	switch name {
	case "action":
		return &m.action
	case "token":
		return &m.token
	case "topic":
		return &m.topic
	case "topics":
		return &m.topics
	case "since":
		return &m.since
	case "presence":
		return &m.presence
	case "ref":
		return &m.ref
	case "data":
		return &m.data
	case "entity":
		return &m.entity
	}
	return nil
}

// note puts a member into its slot.
func (m *members) note(name string, value []byte) error {
	if slot := m.slot(name); slot != nil {
		*slot = value
	} else if m.unknown == "" {
		m.unknown = name
	}
	return nil
}

// ParseRequest reads a client's message, which must be UTF-8. The request keeps
// parts of b. Every failure is a [*RequestError].
func ParseRequest(b []byte) (Request, error) {
	var r Request
	err := strictjson.Check(b)
	if err == nil {
		err = r.parse(b)
	}
	return r, r.blame(err)
}

func (r *Request) parse(b []byte) error {
	var m members
	isObject, err := strictjson.Members(b, m.note)
	switch {
	case err != nil:
		return err
	case !isObject:
		return wrong("", "not a JSON object: send one object in each message")
	}
	return r.fill(&m)
}

// blame returns the error as a [*RequestError] with the request's ref.
func (r *Request) blame(err error) error {
	var found *RequestError
	var document *strictjson.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &found):
	case errors.As(err, &document):
		found = &RequestError{Field: document.Field, Problem: document.Problem}
	default:
		found = &RequestError{Problem: "not readable: " + err.Error()}
	}
	found.Ref = r.Ref
	return found
}

func (r *Request) fill(m *members) error {
	if m.ref != nil { // first, so that errors can echo it
		ref, ok := strictjson.String(m.ref)
		if !ok || len(ref) > MaxRef {
			return wrong("ref", "must be a string of at most %d bytes", MaxRef)
		}
		r.Ref = ref
	}
	if m.action == nil {
		return wrong("action", "missing: add it")
	}
	action, ok := strictjson.String(m.action)
	allowed, known := fields[Action(action)]
	if !ok || !known {
		return wrong("action", "must be one of auth, subscribe, unsubscribe, ping, signal")
	}
	r.Action = Action(action)
	if err := m.only(r.Action, allowed); err != nil {
		return err
	}
	return r.fillAction(m)
}

// only refuses members that do not belong to the action.
func (m *members) only(action Action, allowed string) error {
	if m.unknown != "" {
		return unknown("", m.unknown)
	}
	for _, name := range []string{"token", "topic", "topics", "since", "presence", "ref", "data", "entity"} {
		if *m.slot(name) != nil && !strings.Contains(allowed, " "+name+" ") {
			return wrong(name, "not a field of %s: remove it", action)
		}
	}
	return nil
}

func (r *Request) fillAction(m *members) (err error) {
	switch r.Action {
	case ActionAuth:
		r.Token, err = text("token", m.token)
	case ActionSubscribe:
		return r.fillSubscribe(m)
	case ActionUnsubscribe:
		return r.fillUnsubscribe(m)
	case ActionSignal:
		return r.fillSignal(m)
	}
	return err
}

func (r *Request) fillSignal(m *members) (err error) {
	if r.Topic, err = text("topic", m.topic); err != nil {
		return err
	}
	if r.Data = m.data; r.Data == nil {
		return wrong("data", "missing: add it")
	}
	if m.entity != nil {
		r.Entity, err = parseEntity(m.entity)
	}
	return err
}

func parseEntity(raw []byte) (string, error) {
	entity, err := text("entity", raw)
	switch {
	case err != nil:
		return "", err
	case !ValidID(entity) || len(entity) > MaxEntity:
		return "", wrong("entity", "must be 1 to %d of [A-Za-z0-9._~-]", MaxEntity)
	case IsMissing(entity):
		return "", wrong("entity", "missing value: wait until the id is known, then send")
	}
	return entity, nil
}

// ValidID reports whether the identifier of a topic or an entity has the right
// form, its length aside.
func ValidID(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '~', c == '-':
		default:
			return false
		}
	}
	return s != ""
}

// IsMissing reports whether the identifier is a missing value of JavaScript as a string.
func IsMissing(id string) bool { return id == "undefined" || id == "null" || id == "NaN" }

func (r *Request) fillSubscribe(m *members) error {
	if m.topics == nil {
		r.Topics = make([]TopicRequest, 1)
		return r.Topics[0].fill("", m)
	}
	if m.topic != nil || m.since != nil || m.presence != nil {
		return wrong("topics", "cannot be combined with topic, since or presence: put them into the elements")
	}
	return r.fillTopics(m.topics, ".topic", parseTopicRequest)
}

func (r *Request) fillUnsubscribe(m *members) error {
	if m.topics == nil {
		r.Topics = make([]TopicRequest, 1)
		return r.Topics[0].fill("", m)
	}
	if m.topic != nil {
		return wrong("topics", "cannot be combined with topic: use one of them")
	}
	return r.fillTopics(m.topics, "", parseTopicName)
}

// fillTopics parses the array with parse, which gets each element and its path. NameAt is
// the path of the name in an element.
func (r *Request) fillTopics(raw []byte, nameAt string, parse func(path string, raw []byte) (TopicRequest, error)) error {
	known := make(map[string]bool)
	isArray, err := strictjson.Elements(raw, func(i int, raw []byte) error {
		path := "topics[" + strconv.Itoa(i) + "]"
		t, err := parse(path, raw)
		if err == nil && known[t.Topic] {
			err = wrong(path+nameAt, "duplicate topic")
		}
		known[t.Topic] = true
		r.Topics = append(r.Topics, t)
		return err
	})
	switch {
	case err != nil:
		return err
	case !isArray:
		return wrong("topics", "must be an array")
	case len(r.Topics) == 0:
		return wrong("topics", "empty: name a topic")
	}
	return nil
}

// parseTopicName reads an element of unsubscribe's topics.
func parseTopicName(path string, raw []byte) (t TopicRequest, err error) {
	t.Topic, err = text(path, raw)
	return t, err
}

// parseTopicRequest reads an element of subscribe's topics.
func parseTopicRequest(path string, raw []byte) (t TopicRequest, err error) {
	var m members
	isObject, err := strictjson.Members(raw, func(name string, value []byte) error {
		switch name {
		case "topic", "since", "presence":
			return m.note(name, value)
		}
		return unknown(path+".", name)
	})
	switch {
	case err != nil:
		return t, err
	case !isObject:
		return t, wrong(path, "must be an object")
	}
	return t, t.fill(path+".", &m)
}

func (t *TopicRequest) fill(path string, m *members) (err error) {
	if t.Topic, err = text(path+"topic", m.topic); err != nil {
		return err
	}
	if m.presence != nil {
		if t.Presence = string(m.presence) == "true"; !t.Presence && string(m.presence) != "false" {
			return wrong(path+"presence", "must be true or false")
		}
	}
	if m.since != nil {
		t.Since, err = parseSince(path+"since", m.since)
	}
	return err
}

func parseSince(path string, raw []byte) (*Since, error) {
	var epoch, seq []byte
	isObject, err := strictjson.Members(raw, func(name string, value []byte) error {
		switch name {
		case "epoch":
			epoch = value
		case "seq":
			seq = value
		default:
			return unknown(path+".", name)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case !isObject:
		return nil, wrong(path, "must be an object with epoch and seq")
	}
	var s Since
	if s.Epoch, err = text(path+".epoch", epoch); err != nil {
		return nil, err
	}
	if !validEpoch(s.Epoch) {
		return nil, wrong(path+".epoch", "must be 1 to %d of [A-Za-z0-9_-]", MaxEpoch)
	}
	if s.Seq, err = strconv.ParseUint(string(seq), 10, 64); err != nil || s.Seq > MaxSeq {
		return nil, wrong(path+".seq", "must be an integer from 0 to 2^53-1")
	}
	return &s, nil
}

func validEpoch(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return s != "" && len(s) <= MaxEpoch
}

// text returns the string in raw, which must be there.
func text(field string, raw []byte) (string, error) {
	if raw == nil {
		return "", wrong(field, "missing: add it")
	}
	s, ok := strictjson.String(raw)
	if !ok {
		return "", wrong(field, "must be a string")
	}
	return s, nil
}
