package realtimetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/familygifting/tidings/realtime"
)

// watchTests are the suite's tests of a log that is a [realtime.Watcher].
func watchTests(s Subject) map[string]func(*testing.T, Subject) {
	if _, ok := s.Log.(realtime.Watcher); !ok {
		return nil
	}
	return map[string]func(*testing.T, Subject){
		"what has changed is named":            testChanged,
		"what cannot be named may be anything": testChangedAll,
	}
}

// changed returns what has changed since the mark, and the next mark.
func changed(t testing.TB, s Subject, mark string) (topics []realtime.Topic, next string, all bool) {
	t.Helper()
	topics, next, all, err := s.Log.(realtime.Watcher).Changed(context.Background(), mark)
	if err != nil {
		t.Fatalf("Changed(%q) = %v", mark, err)
	}
	slices.Sort(topics)
	return topics, next, all
}

func testChanged(t *testing.T, s Subject) {
	s.Append(t, event("list:a", 1), event("list:b", 1))
	_, mark, all := changed(t, s, "")
	if !all {
		t.Error("without a mark not everything may have changed")
	}
	for _, step := range []struct {
		name   string
		change func(tx Tx)
		want   []realtime.Topic
	}{
		{"nothing", func(Tx) {}, nil},
		{"events", func(tx Tx) { tx.Append(event("list:b", 2), event("list:c", 1), event("list:b", 3)) }, []realtime.Topic{"list:b", "list:c"}},
		{"a withdrawal", func(tx Tx) { must(t, tx.Withdraw("list:a", "ada")) }, []realtime.Topic{"list:a"}},
		{"openings", func(tx Tx) { must(t, errors.Join(tx.OpenTo("list:a", "ada"), tx.OpenToAll("list:d"))) }, []realtime.Topic{"list:a", "list:d"}},
		{"a break", func(tx Tx) { must(t, tx.Break("list:c")) }, []realtime.Topic{"list:c"}},
		{"an event once more", func(tx Tx) { tx.Append(event("list:a", 2)) }, []realtime.Topic{"list:a"}},
	} {
		s.do(t, step.change)
		for range 2 { // asking changes nothing
			got, _, all := changed(t, s, mark)
			if diff := cmp.Diff(step.want, got, cmpopts.EquateEmpty()); diff != "" || all {
				t.Errorf("%s: all %v, topics (-want +got):\n%s", step.name, all, diff)
			}
		}
		_, mark, _ = changed(t, s, mark)
	}
	undone := errors.New("undone")
	if err := s.Commit(func(tx Tx) error { tx.Append(event("list:a", 3)); return undone }); !errors.Is(err, undone) {
		t.Error(err)
	}
	s.Trim(t)
	if got, _, all := changed(t, s, mark); len(got) != 0 || all {
		t.Errorf("what was undone, and a trim, changed %v (all: %v)", got, all)
	}
}

func testChangedAll(t *testing.T, s Subject) {
	s.Append(t, event("list:a", 1))
	_, mark, _ := changed(t, s, "")
	for _, bad := range []string{"", "x", "1", "9999999." + mark, "-1.-1.x"} {
		if topics, _, all := changed(t, s, bad); !all || len(topics) != 0 {
			t.Errorf("since the mark %q changed %v (all: %v); want all", bad, topics, all)
		}
	}
	s.NewEpoch(t)
	_, next, all := changed(t, s, mark)
	if !all {
		t.Error("in a new epoch not everything may have changed")
	}
	s.Append(t, event("list:a", 2))
	if got, _, all := changed(t, s, next); all || !slices.Equal(got, []realtime.Topic{"list:a"}) {
		t.Errorf("in the new epoch changed %v (all: %v); want list:a", got, all)
	}
}
