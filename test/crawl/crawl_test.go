package crawl_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/familygifting/tidings/realtime"
)

// reply is what a question got, and what it took of the database.
type reply struct {
	text             string
	statements, rows int64
}

func (r reply) String() string {
	return fmt.Sprintf("%d statements, %d rows, %s", r.statements, r.rows, strings.Join(strings.Fields(r.text), " "))
}

// equal compares what both say; what was not counted says nothing.
func (r reply) equal(other reply) bool {
	same := func(a, b int64) bool { return a == b || a == uncounted || b == uncounted }
	return r.text == other.text && same(r.statements, other.statements) && same(r.rows, other.rows)
}

// snapshot is all that somebody can learn.
type snapshot map[string]reply

// Headers that are left out of the comparison, and why.
var uncompared = map[string]string{
	"Date": "the time of the answer",
}

// snapshot asks everything in somebody's name, and about the things in focus how
// much of the database it takes, too. Nothing that comes back may hold their
// marker.
func (w *world) snapshot(p *person, r *recorder, focus string) (snapshot, []question) {
	w.t.Helper()
	replies, epoch := snapshot{}, w.epoch()
	var questions []question
	bySince := map[int64][]question{}
	for _, q := range w.questions(p) {
		if q.topic != nil {
			bySince[q.topic.since] = append(bySince[q.topic.since], q)
			continue
		}
		replies[q.String()], questions = w.reply(p, q), append(questions, q)
	}
	for _, since := range slices.Sorted(maps.Keys(bySince)) {
		asked := slices.DeleteFunc(bySince[since], func(q question) bool {
			// What is refused without a position is asked from the first one, too.
			return since > 0 && strings.Contains(replies[asking{q.topic.topic, -1}.String()].text, `"error"`)
		})
		w.replies(r, since, epoch, focus, asked, replies)
		questions = append(questions, asked...)
	}
	for q, r := range replies {
		if strings.Contains(r.text, markerOf(p.name)) {
			w.t.Fatalf("%s asks %s, and reads %s", p.name, q, r)
		}
	}
	return replies, questions
}

func (w *world) reply(p *person, q question) reply {
	w.t.Helper()
	a := w.ask(p, q.method, q.path, q.body)
	return reply{fmt.Sprintln(a.status, headers(a), a.body), a.statements, a.rows}
}

// uncounted stands for what a question took where that was not counted: topics
// are asked for together, but for those in focus.
const uncounted = -1

// replies asks for topics from one position.
func (w *world) replies(r *recorder, since int64, epoch, focus string, asked []question, into snapshot) {
	w.t.Helper()
	for some := range slices.Chunk(asked, realtime.DefaultMaxTopicsPerFrame) {
		topics := make([]string, len(some))
		for i, q := range some {
			topics[i] = q.topic.topic
		}
		said := w.subscribe(r, since, epoch, topics)
		for _, q := range some {
			into[q.String()] = reply{said[q.topic.topic], uncounted, uncounted}
		}
	}
	for _, q := range asked {
		if since < 0 && strings.Contains(focus, q.about) {
			before := statements.Load()
			said := w.subscribe(r, since, epoch, []string{q.topic.topic})
			// Rows are left out: of a topic that was taken from all, the log has one.
			into[q.String()] = reply{said[q.topic.topic], statements.Load() - before, uncounted}
		}
	}
}

func headers(a answer) string {
	var lines []string
	for name, values := range a.header {
		if uncompared[name] == "" {
			lines = append(lines, name+": "+strings.Join(values, ", "))
		}
	}
	sort.Strings(lines)
	return strings.Join(lines, "; ")
}

// compare finds what somebody learned. What is new in the world was asked about
// for the first time, and must be as unknown as what is not there.
func compare(before, after snapshot, questions []question) (learned []string) {
	for _, q := range questions {
		got := after[q.String()]
		want, old := before[q.String()]
		if !old {
			want = before[strings.ReplaceAll(q.String(), q.about, unknown)]
			want.text = strings.ReplaceAll(want.text, unknown, q.about)
			want.rows = uncounted
		}
		if !got.equal(want) {
			learned = append(learned, fmt.Sprintf("%s\n  before: %s\n  after:  %s", q, want, got))
		}
	}
	if len(questions) < len(before) {
		learned = append(learned, "fewer questions can be asked than before")
	}
	return learned
}

// victim is a person who must not notice what the actor does.
type victim struct{ who, name, actor string }

// victims are the victims, each with the actor who acts out of their sight.
var victims = []victim{
	{"owner", "ada", "cleo"},
	{"planner", "cleo", "ada"},
	{"recipient of a list", "ben", "ada"},
	{"recipient of some cards", "edith", "ada"},
	{"newcomer", "finn", "ada"},
}

// How much is crawled. What was done between two looks is found by the next one,
// and after each action somebody looks.
var (
	crawlStep    = flag.Int("crawl.step", 3, "how many hidden actions lie between two looks of a person")
	randomWorlds = flag.Int("crawl.worlds", 3, "how many random worlds are crawled")
)

// TestNothingLeaks: whatever an actor does out of the victim's sight, every request of
// the victim gets the same bytes, and costs the database as much.
// Guarantees: S8, P6, P7, P11
func TestNothingLeaks(t *testing.T) {
	for n, v := range victims {
		t.Run(v.who, func(t *testing.T) {
			w := newWorld(t)
			w.welcome()
			asked := w.crawl(v, actions, func(i int) bool { return (i+n)%*crawlStep == 0 })
			t.Logf("%d hidden actions, %d questions", len(actions), asked)
		})
	}
}

// TestRandomWorlds (S8): the same, with the threads of what is done woven into each
// other in any way, and somebody who looks now and then.
// Guarantees: P7
func TestRandomWorlds(t *testing.T) {
	for n := range *randomWorlds {
		t.Run(fmt.Sprint("seed ", n), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(n), 7))
			w := newWorld(t)
			w.welcome()
			w.crawl(victims[r.IntN(len(victims))], woven(r), func(int) bool { return r.IntN(10) == 0 })
		})
	}
}

// woven are the actions in any order in which each thread keeps its own.
func woven(r *rand.Rand) (all []action) {
	left := slices.Clone(threads)
	for len(left) > 0 {
		i := r.IntN(len(left))
		all, left[i] = append(all, left[i][0]), left[i][1:]
		if len(left[i]) == 0 {
			left = slices.Delete(left, i, i+1)
		}
	}
	return all
}

// crawl does the actions out of the victim's sight, and compares after those that
// looks names. It returns how many questions were asked.
func (w *world) crawl(v victim, done []action, looks func(i int) bool) (asked int) {
	w.t.Helper()
	p := w.people[v.name]
	e, live := w.connect(p), w.connect(p)
	w.watch(live)
	before, _ := w.snapshot(p, e, w.focus(v, done, 0))
	for i, a := range done {
		for _, s := range a.behind(v.name, v.actor).steps {
			w.do(s)
		}
		if !looks(i) && i < len(done)-1 {
			continue
		}
		after, questions := w.snapshot(p, e, w.focus(v, done, i))
		asked += len(questions)
		for _, what := range compare(before, after, questions) {
			w.t.Errorf("%s (the %s) learns of %q by\n%s", v.name, v.who, a.name, what)
		}
		if frames := live.take(0); len(frames) > 0 {
			w.t.Errorf("%s (the %s) learns of %q live: %s", v.name, v.who, a.name, strings.Join(frames, "\n"))
		}
		if w.t.Failed() {
			return asked
		}
		before = after
	}
	return asked
}

// focus names the things that an action and those around it are about.
func (w *world) focus(v victim, done []action, i int) string {
	focus := unknown
	for _, a := range done[max(0, i-*crawlStep):min(i+1+*crawlStep, len(done))] {
		for _, s := range a.behind(v.name, v.actor).steps {
			focus += w.fill(s.path+s.body) + w.ids[s.save] + w.ids[s.save+".gift"]
		}
	}
	return focus
}

// welcome lets a new member join, with a wishlist as every member has.
func (w *world) welcome() {
	w.t.Helper()
	w.join("Finn", nil)
	w.do(step{"gil", "PATCH", "/occasions/$christmas", w.fill(budgeted(guests("null"), "gil")), ""})
	w.do(step{"finn", "POST", "/lists", `{"name":"Finn wishes","type":"wishlist"}`, "finns"})
	w.do(step{"finn", "POST", "/wishes", `{"list_id":"$finns","gift":{"name":"Boat"}}`, "boat"})
	w.do(step{"ada", "POST", "/lists", `{"name":"Ada wishes","type":"wishlist"}`, "adas"})
	w.do(step{"ada", "POST", "/wishes", `{"list_id":"$adas","gift":{"name":"Lens"}}`, "lens"})
	for name, own := range map[string][2]string{"ada": {"adas", "lens"}, "ben": {"wishlist", "kite"}, "cleo": {"cleos", "harp"},
		"edith": {"ediths", "scarf"}, "finn": {"finns", "boat"}} {
		w.ids[name+"-wishes"], w.ids[name+"-wish"], w.ids[name+"-wish.gift"] = w.ids[own[0]], w.ids[own[1]], w.ids[own[1]+".gift"]
	}
}

// epoch is the log's.
func (w *world) epoch() (epoch string) {
	w.t.Helper()
	w.check(w.store.ReadDB().QueryRowContext(w.t.Context(), `SELECT value FROM tidings_meta WHERE key = 'epoch'`).Scan(&epoch))
	return epoch
}

// watch subscribes to all that somebody may read.
func (w *world) watch(r *recorder) {
	w.t.Helper()
	for _, kind := range slices.Sorted(maps.Keys(topicsOf)) {
		for _, id := range w.idsOf(kind) {
			r.session.Receive(fmt.Appendf(nil, `{"action":"subscribe","topic":%q}`, fmt.Sprintf(topicsOf[kind][0], id)))
			r.take(1)
		}
	}
}

// TestEveryOperationIsAsked: an operation that the API gets needs a place here.
// Guarantees: P13
func TestEveryOperationIsAsked(t *testing.T) {
	w := &world{t: t}
	w.open()
	var document struct {
		Paths map[string]map[string]any
	}
	a := w.ask(&person{}, "GET", "/openapi.json", "")
	if err := json.Unmarshal([]byte(a.body), &document); err != nil {
		t.Fatalf("%d %.200s: %v", a.status, a.body, err)
	}
	known := maps.Clone(asks)
	for path, operations := range document.Paths {
		for method := range operations {
			name := strings.ToUpper(method) + " " + path
			if known[name] == nil {
				t.Errorf("nobody asks %s: say in asks how it is asked, or why not", name)
			}
			delete(known, name)
		}
	}
	for name := range known {
		t.Errorf("asks has %s, which the API has not", name)
	}
}
