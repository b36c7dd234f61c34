package crawl_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestPresenceAndSignals: those who plan a shared board meet there, though each
// reads a topic of their own, and hear of each other's cards; of a card that is
// hidden from them, or of a list, they hear nothing.
// Guarantees: P10
func TestPresenceAndSignals(t *testing.T) {
	for _, v := range victims {
		t.Run(v.who, func(t *testing.T) {
			w := newWorld(t)
			w.welcome()
			for _, a := range []action{threads[0][0], threads[1][0]} { // a card for them, a list about them
				w.do(a.behind(v.name, v.actor).steps[0])
			}
			blind, actor := w.connect(w.people[v.name]), w.connect(w.people[v.actor])
			board := "list-items:" + w.ids["board"]
			for _, e := range []*recorder{blind, actor} {
				e.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":%q,"presence":true}`, board))
			}
			blind.until(func(frames []string) bool {
				return strings.Contains(strings.Join(frames, ""), `"count":2`)
			})
			hidden := "list-items:" + w.ids[v.name+"-list"]
			actor.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":%q,"presence":true}`, hidden))
			actor.until(func(frames []string) bool {
				return strings.Contains(strings.Join(frames, ""), hidden+`","members"`)
			})
			signal := func(topic, more string) {
				actor.session.Receive(fmt.Appendf(nil, `{"action":"signal","topic":%q,"data":{"dragging":true}%s}`, topic, more))
			}
			signal(board, fmt.Sprintf(`,"entity":%q`, w.ids[v.name+"-card"]))
			signal(hidden, "")
			signal(board, "")
			signal(board, fmt.Sprintf(`,"entity":%q`, w.ids["candles"]))
			// The last one reaches them, and is the first that does.
			if got := blind.take(1); len(got) != 1 || !strings.Contains(got[0], w.ids["candles"]) || !strings.Contains(got[0], `"signal"`) {
				t.Errorf("%s is told %s", v.name, strings.Join(got, "\n"))
			}
		})
	}
}
