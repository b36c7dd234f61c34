package crawl_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// behindTheirBack takes steps that one person may not know of: they take no time
// and no random number from what that person does.
func (w *world) behindTheirBack(steps []step) {
	w.t.Helper()
	now, seed := w.now, w.seed
	w.seed = w.hiddenSeed
	for _, s := range steps {
		w.do(s)
	}
	w.hiddenSeed = w.seed
	w.now, w.seed = now, seed
}

// own is what somebody does themselves, where others may have hidden things: the
// same gift, the same places, the same wish.
var own = []step{
	{"V", "POST", "/list-items", `{"list_id":"$board","gift":{"name":"Mine"}}`, "own"},
	{"V", "POST", "/list-items", `{"list_id":"$board","gift_id":"$V-wish.gift"}`, "own-copy"},
	{"V", "POST", "/list-items", `{"list_id":"$board","gift_id":"$V-wish.gift"}`, ""},
	{"V", "POST", "/list-items", `{"list_id":"$board","gift":{"name":"Last"},"status":"selected","assignee_id":"$gil"}`, "own-last"},
	{"V", "POST", "/list-items/$own/move", `{"status":"idea","before":"$candles","after":"$sledge","version":1}`, ""},
	{"V", "POST", "/list-items/$own-copy/move", `{"status":"idea","before":"$candles","version":1}`, ""},
	{"V", "POST", "/list-items/$own/move", `{"status":"idea","after":"$candles","version":2}`, ""},
	{"V", "POST", "/list-items/$own/move", `{"status":"selected","version":3}`, ""},
	{"V", "POST", "/list-items/$own/move", `{"status":"purchased","version":4}`, ""},
	{"V", "POST", "/list-items/$own/move", `{"status":"received","version":5}`, ""},
	{"V", "POST", "/list-items/$own/move", `{"status":"idea","version":1}`, ""},
	{"V", "PATCH", "/list-items/$own", `{"notes":"n","price":{"amount":1,"currency":"EUR"}}`, ""},
	{"V", "PATCH", "/list-items/$own-copy", `{"recipient_ids":["$dora"]}`, ""},
	{"V", "PATCH", "/gifts/$tree.gift", `{"person_ids":["$gil.person"]}`, ""},
	{"V", "PATCH", "/gifts/$tree.gift", `{"name":"Fir"}`, ""},
	{"V", "PATCH", "/gifts/$V-wish.gift", `{"price":{"amount":2,"currency":"EUR"}}`, ""},
	{"V", "PATCH", "/occasions/$christmas", `{"name":"Xmas"}`, ""},
	{"V", "PATCH", "/occasions/$christmas", `{"budget_total":{"amount":1000,"currency":"EUR"}}`, ""},
	{"V", "PATCH", "/occasions/$christmas", `{"people":[{"person_id":"$V.person"},{"person_id":"$dora"}]}`, ""},
	{"V", "PATCH", "/persons/$V.person", `{"interests":["tea"]}`, ""},
	{"V", "PATCH", "/persons/$V.person", `{"notes":"mine"}`, ""},
	{"V", "POST", "/gifts", `{"name":"Later"}`, "own-gift"},
	{"V", "POST", "/lists", `{"name":"Plans","type":"ideas"}`, "own-list"},
	{"V", "POST", "/list-items", `{"list_id":"$own-list","gift_id":"$candles.gift"}`, ""},
	{"V", "POST", "/wishes", `{"list_id":"$V-wishes","gift_id":"$sledge.gift"}`, "own-wish"},
	{"V", "POST", "/wishes", `{"list_id":"$V-wishes","gift_id":"$tree.gift"}`, "own-tree"},
	{"V", "DELETE", "/wishes/$own-wish", "", ""},
	{"V", "DELETE", "/wishes/$own-tree", "", ""},
	{"V", "DELETE", "/wishes/$V-wish", "", ""},
	{"V", "DELETE", "/list-items/$own-copy", "", ""},
	{"V", "DELETE", "/gifts/$candles.gift", "", ""},
	{"V", "PATCH", "/lists/$V-wishes", `{"name":"Dreams"}`, ""},
	{"V", "DELETE", "/lists/$own-list", "", ""},
	{"V", "DELETE", "/persons/$dora", "", ""},
}

// their is a step in somebody's name.
func (s step) their(name string) step {
	put := strings.NewReplacer("$V", "$"+name).Replace
	return step{strings.ReplaceAll(s.by, "V", name), s.method, put(s.path), put(s.body), s.save}
}

// does lets somebody do all that is their own, squeeze a card between two others
// again and again, and then look at everything. It returns all answers.
func (w *world) does(name string) (said []string, all snapshot) {
	w.t.Helper()
	for _, s := range own {
		s = s.their(name)
		a := w.try(s)
		said = append(said, fmt.Sprintln(s.method, s.path, s.body, a.status, headers(a), a.body))
	}
	between := [2]string{"$sledge", "$globe"}
	for n := range 40 {
		s := step{name, "POST", "/list-items/$own-last/move", fmt.Sprintf(`{"status":"idea","before":%q,"after":%q,"version":%d}`,
			between[0], between[1], n+1), ""}
		a := w.try(s)
		said = append(said, fmt.Sprintln("squeezed", a.status, a.body))
	}
	w.next()
	all, _ = w.snapshot(w.people[name], w.connect(w.people[name]), unknown)
	return w.drawn(said, all)
}

// drawn puts a name in the place of the one id that is drawn by another throw
// where a wish was a surprise before: it is as random either way.
func (w *world) drawn(said []string, all snapshot) ([]string, snapshot) {
	put := strings.NewReplacer(w.ids["own-tree"], "$own-tree").Replace
	for i := range said {
		said[i] = put(said[i])
	}
	named := snapshot{}
	for q, r := range all {
		r.text = put(r.text)
		named[put(q)] = r
	}
	return said, named
}

// hiding are the actions that leave something hidden behind.
func hiding() (some []action) {
	for _, a := range actions {
		if !strings.Contains(a.name, "deleted") && !strings.Contains(a.name, " off ") {
			some = append(some, a)
		}
	}
	return some
}

// TestTwoWorlds (S8): what somebody does themselves has the same answers, to the
// byte, whether or not things are hidden from them where they do it, and leaves
// them the same view.
// Guarantees: S8, P9
func TestTwoWorlds(t *testing.T) {
	for _, v := range victims {
		t.Run(v.who, func(t *testing.T) {
			open := newWorld(t)
			open.welcome()
			wantSaid, want := open.does(v.name)

			hidden := newWorld(t)
			hidden.welcome()
			for _, a := range hiding() {
				hidden.behindTheirBack(a.behind(v.name, v.actor).steps)
			}
			gotSaid, got := hidden.does(v.name)
			if diff := cmp.Diff(wantSaid, gotSaid); diff != "" {
				t.Errorf("%s's own doings differ where things are hidden:\n%s", v.name, diff)
			}
			same(t, v.name, want, got)
		})
	}
}

// same compares the answers to all that can be asked in the first of two worlds.
func same(t *testing.T, name string, want, got snapshot) {
	t.Helper()
	for q, w := range want {
		if g := got[q]; unnumbered(g.text) != unnumbered(w.text) {
			t.Errorf("%s asks %s\n  in the one world:   %s\n  in the other world: %s", name, q, w, g)
		}
	}
}

// unnumbered leaves out the ids of events, which are random, and how many were
// made before is nobody's to know.
func unnumbered(text string) string { return eventID.ReplaceAllString(text, `"id":"*"`) }

var eventID = regexp.MustCompile(`"id":"[A-Z2-7]{26}"`)

// TestHiddenLooksDeleted (S8): a card that is hidden from somebody who saw it is to
// them, live and for whatever they ask, what its end is.
// Guarantees: S8, P8
func TestHiddenLooksDeleted(t *testing.T) {
	for _, v := range victims {
		t.Run(v.who, func(t *testing.T) {
			ends := func(s step) ([]string, snapshot) {
				w := newWorld(t)
				w.welcome()
				p := w.people[v.name]
				w.do(step{v.actor, "POST", "/list-items", `{"list_id":"$board","gift":{"name":"Sun"},"assignee_id":"$` + v.name + `"}`, "sun"})
				live := w.connect(p)
				w.watch(live)
				w.do(s)
				frames := live.until(func(frames []string) bool {
					all := strings.Join(frames, "")
					return strings.Contains(all, `"revoked"`) && strings.Count(all, `"DELETED"`) == 2
				})
				for i := range frames {
					frames[i] = unnumbered(frames[i])
				}
				// Topics of one change go out in any order.
				slices.SortStableFunc(frames, func(a, b string) int { return strings.Compare(w.parse(a).Topic, w.parse(b).Topic) })
				w.next()
				all, _ := w.snapshot(p, w.connect(p), unknown)
				return frames, all
			}
			wantLive, want := ends(step{v.actor, "DELETE", "/list-items/$sun", "", ""})
			gotLive, got := ends(step{v.actor, "PATCH", "/list-items/$sun", `{"assignee_id":null,"recipient_ids":["$` + v.name + `.person"]}`, ""})
			if diff := cmp.Diff(wantLive, gotLive); diff != "" {
				t.Errorf("live (-deleted +hidden):\n%s", diff)
			}
			same(t, v.name, want, got)
		})
	}
}
