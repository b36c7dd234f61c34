package crawl_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// question is one thing that can be asked.
type question struct {
	method, path, body string
	topic              *asking
	// about is the id that it names, if it names one.
	about string
}

func (q question) String() string {
	if q.topic != nil {
		return q.topic.String()
	}
	return strings.TrimSpace(q.method + " " + q.path + " " + q.body)
}

// asks says how each operation of the API is asked about the things of a family,
// or, behind a dash, why it is not.
var asks = map[string]any{
	"GET /auth/me":               one("/auth/me"),
	"GET /setup":                 one("/setup"),
	"GET /users":                 one("/users"),
	"GET /persons":               pages("/persons"),
	"GET /persons/{id}":          each("person", "/persons/%s"),
	"GET /occasions":             pages("/occasions"),
	"GET /occasions/{id}":        each("occasion", "/occasions/%s"),
	"GET /lists":                 both(pages("/lists"), each("occasion", "/lists?occasion_id=%s"), each("person", "/lists?person_id=%s")),
	"GET /lists/{id}":            each("list", "/lists/%s"),
	"GET /gifts":                 both(pages("/gifts"), each("list", "/gifts?list_id=%s")),
	"GET /gifts/{id}":            each("gift", "/gifts/%s"),
	"GET /list-items":            each("list", "/list-items?list_id=%s"),
	"GET /list-items/{id}":       each("item", "/list-items/%s"),
	"GET /invites/preview":       each("person", "/invites/preview?person_id=%s"),
	"GET /wishes":                each("list", "/wishes?list_id=%s"),
	"PATCH /lists/{id}":          unseen("list", "/lists/%s", "PATCH", `{"name":"x"}`),
	"DELETE /lists/{id}":         unseen("list", "/lists/%s", "DELETE", ""),
	"PATCH /gifts/{id}":          unseen("gift", "/gifts/%s", "PATCH", `{"name":"x"}`),
	"DELETE /gifts/{id}":         unseen("gift", "/gifts/%s", "DELETE", ""),
	"PATCH /list-items/{id}":     unseen("item", "/list-items/%s", "PATCH", `{"notes":"x"}`),
	"DELETE /list-items/{id}":    unseen("item", "/list-items/%s", "DELETE", ""),
	"POST /list-items/{id}/move": unseen("item", "/list-items/%s/move", "POST", `{"status":"idea","version":1}`),
	"POST /list-items": both(
		unseen("list", "/list-items", "POST", `{"list_id":"%s","gift":{"name":"x"}}`),
		unseen("gift", "/list-items", "POST", `{"list_id":"$board","gift_id":"%s"}`)),
	"POST /wishes": both(
		unseen("list", "/wishes", "POST", `{"list_id":"%s","gift":{"name":"x"}}`),
		unseen("gift", "/wishes", "POST", `{"list_id":"$board","gift_id":"%s"}`)),
	"DELETE /wishes/{id}": unseenWishes,

	"POST /auth/login":         "- it asks nothing of a family's things",
	"POST /auth/logout":        "- it asks nothing of a family's things",
	"POST /auth/refresh":       "- it asks nothing of a family's things",
	"POST /auth/register":      "- it is for somebody without an account: see the newcomer",
	"POST /auth/invites/check": "- it is for somebody without an account",
	"POST /invites":            "- it names a person, all of whom everybody sees",
	"POST /setup":              "- it works once, before there is anything",
	"POST /setup/check":        "- it works once, before there is anything",
	"POST /persons":            "- it makes something new: see the two worlds",
	"PATCH /persons/{id}":      "- everybody sees everybody: see the two worlds",
	"DELETE /persons/{id}":     "- it would take effect: see the two worlds",
	"POST /occasions":          "- it makes something new: see the two worlds",
	"PATCH /occasions/{id}":    "- everybody sees every occasion: see the two worlds",
	"DELETE /occasions/{id}":   "- everybody sees every occasion: see the two worlds",
	"POST /lists":              "- it makes something new: see the two worlds",
	"POST /gifts":              "- it makes something new: see the two worlds",
}

// asked builds the questions of an operation, in somebody's name.
type asked func(w *world, p *person) []question

func one(path string) asked {
	return func(*world, *person) []question { return []question{{method: "GET", path: path}} }
}

func both(all ...asked) asked {
	return func(w *world, p *person) (questions []question) {
		for _, a := range all {
			questions = append(questions, a(w, p)...)
		}
		return questions
	}
}

// pages reads a collection at once, and page by page to its end.
func pages(path string) asked {
	return func(w *world, p *person) []question {
		questions := []question{{method: "GET", path: path + "?limit=200"}}
		for cursor, more := "", true; more; more = cursor != "" {
			q := question{method: "GET", path: path + "?limit=7" + cursor}
			questions = append(questions, q)
			var page struct {
				Next string `json:"next_cursor"`
			}
			w.check(json.Unmarshal([]byte(w.ask(p, q.method, q.path, "").body), &page))
			if cursor = ""; page.Next != "" {
				cursor = "&cursor=" + page.Next
			}
		}
		return questions
	}
}

// each asks about every thing of a kind, seen or not, and about one that is not
// there.
func each(kind, path string) asked {
	return func(w *world, _ *person) (questions []question) {
		for _, id := range w.idsOf(kind) {
			questions = append(questions, question{method: "GET", path: fmt.Sprintf(path, id), about: id})
		}
		return questions
	}
}

// unseen tries to change everything of a kind that somebody does not see.
func unseen(kind, path, method, body string) asked {
	return func(w *world, p *person) (questions []question) {
		for _, id := range w.idsOf(kind) {
			if w.sees(p, fmt.Sprintf(visible[kind], id)) {
				continue
			}
			q := question{method: method, path: path, body: w.fill(body), about: id}
			if strings.Contains(path, "%s") {
				q.path = fmt.Sprintf(path, id)
			} else {
				q.body = fmt.Sprintf(q.body, id)
			}
			questions = append(questions, q)
		}
		return questions
	}
}

// unseenWishes tries to withdraw every wish that somebody does not see.
func unseenWishes(w *world, p *person) (questions []question) {
	var seen strings.Builder
	for _, list := range w.idsOf("list") {
		seen.WriteString(w.ask(p, "GET", "/wishes?list_id="+list, "").body)
	}
	for _, id := range w.idsOf("item") {
		if !strings.Contains(seen.String(), id) {
			questions = append(questions, question{method: "DELETE", path: "/wishes/" + id, about: id})
		}
	}
	return questions
}

// visible is where a thing of a kind is found by those who see it.
var visible = map[string]string{"list": "/lists/%s", "gift": "/gifts/%s", "item": "/list-items/%s"}

// sees reports whether somebody finds the thing at a path. It is asked once for
// each snapshot.
func (w *world) sees(p *person, path string) bool {
	sees, known := w.seen[path]
	if !known {
		sees = w.ask(p, "GET", path, "").status != http.StatusNotFound
		w.seen[path] = sees
	}
	return sees
}

// idsOf are all ids of a kind that there ever were, and one that nothing has.
func (w *world) idsOf(kind string) []string {
	ids := slices.Clone(w.known[kind])
	if kind == "item" {
		ids = append(ids, w.known["wish"]...)
	}
	slices.Sort(ids)
	return append(slices.Compact(ids), unknown)
}

// listTopics and the others are the topics of a thing of each kind.
var topicsOf = map[string][]string{
	"list": {"list-items:%s", "list-item:list-%s", "gift-list:%s", "wishes:%s"},
	"gift": {"gift:%s"}, "user": {"user:%s"},
}

// topics are all names of topics, of their own and of others' own ones, too, from
// where somebody may ask for them.
func (w *world) topics(p *person) (questions []question) {
	for _, kind := range slices.Sorted(maps.Keys(topicsOf)) {
		for _, id := range w.idsOf(kind) {
			for _, form := range topicsOf[kind] {
				name := fmt.Sprintf(form, id)
				names := []string{name, name + "~" + string(p.user.ID), name + "~" + w.other(p), name + "~nobody"}
				for i, name := range names {
					usual := i == 0 && !strings.HasPrefix(form, "list-item:")
					for _, since := range sinces(usual) {
						questions = append(questions, question{topic: &asking{name, since}, about: id})
					}
				}
			}
		}
	}
	return questions
}

// other is another account.
func (w *world) other(p *person) string {
	if other := string(w.people["gil"].user.ID); p.name != "gil" {
		return other
	}
	return string(w.people["ada"].user.ID)
}

// sinces are the positions that a topic is asked from, -1 for none. The name that
// everybody uses is asked from several.
func sinces(usual bool) []int64 {
	if usual {
		return []int64{-1, 0, 1, 1000}
	}
	return []int64{-1}
}

// questions are all that somebody can ask.
func (w *world) questions(p *person) []question {
	w.t.Helper()
	var all []question
	w.seen = map[string]bool{}
	for _, operation := range slices.Sorted(maps.Keys(asks)) {
		if ask, is := asks[operation].(asked); is {
			all = append(all, ask(w, p)...)
		}
	}
	return append(all, w.topics(p)...)
}
