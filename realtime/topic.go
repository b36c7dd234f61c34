package realtime

import (
	"fmt"
	"strings"

	"github.com/familygifting/tidings/internal/strictjson"
	"github.com/familygifting/tidings/realtime/wire"
)

// Topic names a stream of events as "{resource-type}:{identifier}", for
// example "list-items:f3k9". Use [ParseTopic] for names from outside.
type Topic string

// MaxTopicPart is the most bytes that a topic's type, and likewise its
// identifier, may have.
const MaxTopicPart = 128

// maxQuoted is how many bytes of a wrong name an error repeats.
const maxQuoted = 64

// ParseTopic checks the form of a topic. It refuses JavaScript's missing values as
// identifiers (undefined, null, NaN), since no event would ever come for them. Every error
// is an [*Error] with code [CodeInvalidTopic].
func ParseTopic(s string) (Topic, error) {
	kind, id, ok := strings.Cut(s, ":")
	switch {
	case !ok:
		return "", invalidTopic(s, `want "{resource-type}:{identifier}"`)
	case len(kind) > MaxTopicPart || len(id) > MaxTopicPart:
		return "", invalidTopic(s, fmt.Sprintf("type and identifier may have %d bytes each", MaxTopicPart))
	case !validType(kind):
		return "", invalidTopic(s, "the type must match [a-z][a-z0-9-]*")
	case !wire.ValidID(id):
		return "", invalidTopic(s, "the identifier must match [A-Za-z0-9._~-]+")
	case wire.IsMissing(id):
		return "", invalidTopic(s, "the identifier is a missing value: wait until the id is known, then subscribe")
	}
	return Topic(s), nil
}

func validType(s string) bool {
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z') && (i == 0 || !(c >= '0' && c <= '9') && c != '-') {
			return false
		}
	}
	return s != ""
}

// Type is the part before the colon.
func (t Topic) Type() string { kind, _, _ := strings.Cut(string(t), ":"); return kind }

// ID is the part behind the colon.
func (t Topic) ID() string { _, id, _ := strings.Cut(string(t), ":"); return id }

func invalidTopic(s, why string) error {
	return &Error{Code: CodeInvalidTopic, Message: fmt.Sprintf("topic %q: %s", strictjson.Clip(s, maxQuoted), why)}
}
