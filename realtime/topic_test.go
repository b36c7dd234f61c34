package realtime_test

import (
	"errors"
	"regexp"
	"testing"

	"github.com/familygifting/tidings/realtime"
)

var topicForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,127}:[A-Za-z0-9._~-]{1,128}$`)

// Guarantees: A42
func FuzzParseTopic(f *testing.F) {
	for _, s := range []string{"list-items:1", "a:null", ":", "a:", "list_items:1", "list-items:1:2", "list-items:\n", "é:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		topic, err := realtime.ParseTopic(s)
		var public *realtime.Error
		if err != nil && (!errors.As(err, &public) || public.Code != realtime.CodeInvalidTopic) {
			t.Fatalf("%q: %v is no invalid_topic", s, err)
		}
		missing := topic.ID() == "undefined" || topic.ID() == "null" || topic.ID() == "NaN"
		if (err == nil) != topicForm.MatchString(s) && err == nil || missing {
			t.Fatalf("%q was taken", s)
		}
		if err == nil && topic.Type()+":"+topic.ID() != s {
			t.Fatalf("%q is %q and %q", s, topic.Type(), topic.ID())
		}
	})
}
