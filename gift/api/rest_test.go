package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/familygifting/tidings/gift"
)

const (
	get   = http.MethodGet
	post  = http.MethodPost
	patch = http.MethodPatch
	del   = http.MethodDelete
)

func TestPersons(t *testing.T) {
	t.Parallel()
	runAll(t, []scenario{
		{name: "list by name", as: "ben", method: get, path: "/persons", status: 200,
			want: []string{`"items":[{`, `"name":"Ada"`, `"name":"Dora"`, `"next_cursor":""`}},
		{name: "page", as: "ben", method: get, path: "/persons?limit=1", status: 200,
			want: []string{`"name":"Ada"`}, lacks: []string{`"name":"Ben"`, `"next_cursor":""`}},
		{name: "create", as: "ben", method: post, path: "/persons", status: 201,
			body: `{"name":"Emil","birthdate":"2020-02-29","interests":["trains"],"sizes":{"shoe":"28"}}`,
			want: []string{`"name":"Emil"`, `"birthdate":"2020-02-29"`, `"interests":["trains"]`, `"sizes":{"shoe":"28"}`, `"constraints":[]`, `"version":1`}},
		{name: "read", as: "ben", method: get, path: "/persons/$dora", status: 200, want: []string{`"relationship":"daughter"`}},
		{name: "change", as: "ben", method: patch, path: "/persons/$dora", status: 200,
			body: `{"birthdate":"2019-05-01","notes":"likes blue"}`, want: []string{`"birthdate":"2019-05-01"`, `"relationship":"daughter"`, `"version":2`}},
		{name: "clear a date", as: "ben", method: patch, path: "/persons/$dora", status: 200, body: `{"birthdate":null}`, want: []string{`"birthdate":null`}},
		{name: "remove", as: "ben", method: del, path: "/persons/$emil", status: 204, before: func(f *family) {
			emil, err := f.store.CreatePerson(f.t.Context(), f.by(f.ada), gift.PersonInput{Name: "Emil"})
			if err != nil {
				f.t.Fatal(err)
			}
			f.name("emil", emil.ID)
		}},
		{name: "remove somebody whom a list is about", as: "ben", method: del, path: "/persons/$dora", status: 403,
			want: []string{`"code":"forbidden"`, "lists about Dora"}},
		{name: "remove somebody with an account", as: "ada", method: del, path: "/persons/$person-ben", status: 403, want: []string{`"code":"forbidden"`}},
		{name: "notes about oneself", as: "ben", method: patch, path: "/persons/$person-ben", status: 403, body: `{"notes":"x"}`, want: []string{`"code":"forbidden"`}},
		{name: "unknown", as: "ben", method: get, path: "/persons/$nobody", status: 404, want: []string{`"code":"not_found"`}},
	})
}

func TestOccasions(t *testing.T) {
	t.Parallel()
	runAll(t, []scenario{
		{name: "create", as: "ben", method: post, path: "/occasions", status: 201,
			body: `{"name":"Christmas","type":"holiday","date":"2026-12-24","recurrence_rule":"yearly","people":[{"person_id":"$dora","budget":{"amount":5000,"currency":"EUR"}}]}`,
			want: []string{`"next_occurrence":"2026-12-24"`, `"amount":5000`, `"version":1`}},
		{name: "without a budget", as: "cleo", method: post, path: "/occasions", status: 201,
			body: `{"name":"Easter","type":"holiday","date":"2027-03-28","people":[{"person_id":"$dora","budget":null},{"person_id":"$person-ben"}]}`,
			want: []string{`"people":[{"person_id":"$dora","budget":null},{"person_id":"$person-ben","budget":null}]`}},
		{name: "none", as: "ben", method: get, path: "/occasions", status: 200, want: []string{`{"items":[],"next_cursor":""}`}},
		{name: "no date", as: "ben", method: post, path: "/occasions", status: 422, body: `{"name":"X","type":"other"}`, want: []string{"date"}},
		{name: "a date that is none", as: "ben", method: post, path: "/occasions", status: 422, body: `{"name":"X","type":"other","date":"2026-02-30"}`, want: []string{`"body.date"`}},
		{name: "unknown", as: "ben", method: patch, path: "/occasions/$nobody", status: 404, body: `{"name":"X"}`, want: []string{`"not_found"`}},
	})
}

func TestLists(t *testing.T) {
	t.Parallel()
	runAll(t, []scenario{
		{name: "of the family", as: "cleo", method: get, path: "/lists", status: 200,
			want: []string{`"For Dora"`, `"For Ben"`, `"Ben wishes"`, `"access":"planner"`}, lacks: []string{`"Mine"`}},
		{name: "without surprises", as: "ben", method: get, path: "/lists", status: 200,
			want: []string{`"For Dora"`, `"Ben wishes"`, `"access":"wisher"`, `"item_count":1`}, lacks: []string{`"Mine"`, `"For Ben"`}},
		{name: "about somebody", as: "cleo", method: get, path: "/lists?person_id=$dora", status: 200, want: []string{`"For Dora"`}, lacks: []string{`"For Ben"`}},
		{name: "create", as: "ben", method: post, path: "/lists", status: 201, body: `{"name":"Ideas","type":"ideas","person_id":"$dora"}`,
			want: []string{`"hidden_from_person":true`, `"owner_id":"$ben"`, `"visibility":"family"`, `"item_count":0`}},
		{name: "change another's", as: "ben", method: patch, path: "/lists/$board", status: 403, body: `{"name":"X"}`, want: []string{`"forbidden"`}},
		{name: "change a hidden one", as: "ben", method: patch, path: "/lists/$hidden", status: 404, body: `{"name":"X"}`, want: []string{`"not_found"`}},
		{name: "hide from oneself", as: "ben", method: patch, path: "/lists/$wishes", status: 422, body: `{"hidden_from_person":true}`, want: []string{"hidden_from_person"}},
		{name: "garbage filter", as: "cleo", method: get, path: "/lists?person_id=undefined", status: 422, want: []string{`"query.person_id"`}},
		{name: "remove", as: "ada", method: del, path: "/lists/$private", status: 204, changes: []string{"item_deleted", "list_deleted"}},
	})
}

func TestGifts(t *testing.T) {
	t.Parallel()
	runAll(t, []scenario{
		{name: "of a list, whole", as: "cleo", method: get, path: "/gifts?list_id=$board", status: 200,
			want: []string{`[{"id":`, `"list_id":"$board"`, `"name":"lego"`, `"name":"ball"`}, lacks: []string{"next_cursor"}},
		{name: "a page of all", as: "ada", method: get, path: "/gifts?limit=2", status: 200, want: []string{`{"items":[{`, `"next_cursor":"`}},
		{name: "create", as: "ben", method: post, path: "/gifts", status: 201, body: `{"name":"Kite","price":{"amount":1999,"currency":"EUR"}}`,
			want: []string{`"priority":"medium"`, `"quantity":1`, `"additional_links":[]`, `"person_ids":[]`, `"sale_price":null`}, changes: []string{"gift_created"}},
		{name: "patch", as: "cleo", method: patch, path: "/gifts/$gift-lego", status: 200, body: `{"name":"Lego castle"}`,
			want: []string{`"name":"Lego castle"`, `"version":2`}, changes: []string{"gift_changed", "item_gift_changed"}},
		{name: "patch with what came", as: "cleo", method: patch, path: "/gifts/$gift-lego", status: 200,
			body: `{"id":"$gift-lego","list_id":"$board","created_at":"2020-01-01T00:00:00Z","updated_at":"2020-01-01T00:00:00Z","version":1,"name":"Lego castle","price":null,"sale_price":null,"additional_links":[],"person_ids":[]}`,
			want: []string{`"name":"Lego castle"`}, changes: []string{"gift_changed", "item_gift_changed"}},
		{name: "patch by another's id", as: "cleo", method: patch, path: "/gifts/$gift-lego", status: 422, body: `{"id":"$gift-book","name":"X"}`, want: []string{`"body.id"`}},
		{name: "patch with a stale version", as: "cleo", method: patch, path: "/gifts/$gift-lego", status: 409, body: `{"name":"X","version":1}`,
			before: func(f *family) {
				f.send(request{method: patch, path: f.fill("/api/v1/gifts/$gift-lego"), token: f.ada.token, body: `{"name":"Newer"}`})
			},
			want: []string{`"code":"conflict"`, `"current":{"id":"$gift-lego","name":"Newer"`}},
		{name: "clear the price", as: "cleo", method: patch, path: "/gifts/$gift-lego", status: 200, body: `{"price":null}`, want: []string{`"price":null`},
			before: func(f *family) {
				f.send(request{method: patch, path: f.fill("/api/v1/gifts/$gift-lego"), token: f.ada.token, body: `{"price":{"amount":1,"currency":"EUR"}}`})
			},
			changes: []string{"gift_changed", "item_gift_changed"}},
		{name: "null where none may be", as: "cleo", method: patch, path: "/gifts/$gift-lego", status: 422, body: `{"name":null}`, want: []string{`"body.name"`}},
		{name: "delete", as: "ada", method: del, path: "/gifts/$gift-lego", status: 204, changes: []string{"gift_gone", "item_deleted"}},
		{name: "of a private list", as: "cleo", method: get, path: "/gifts/$gift-secret", status: 404},
		{name: "whom it would suit", as: "cleo", method: patch, path: "/gifts/$gift-lego", status: 200,
			body: `{"person_ids":["$person-ben","$dora"]}`, want: []string{`"person_ids":["$person-ben","$dora"]`, `"version":1`}},
		{name: "that it would suit the reader", as: "ben", method: get, path: "/gifts/$gift-lego", status: 200, before: suitsBen,
			want: []string{`"person_ids":["$dora"]`}, lacks: []string{"$person-ben"}},
		{name: "that one of a list would suit the reader", as: "ben", method: get, path: "/gifts?list_id=$board", status: 200, before: suitsBen,
			want: []string{`"person_ids":["$dora"]`}, lacks: []string{"$person-ben"}},
		{name: "that one on a board would suit the reader", as: "ben", method: get, path: "/list-items?list_id=$board", status: 200, before: suitsBen,
			want: []string{`"person_ids":["$dora"]`}, lacks: []string{"$person-ben"}},
		{name: "that a stale one would suit the writer", as: "ben", method: patch, path: "/gifts/$gift-lego", status: 409, before: suitsBen,
			body: `{"name":"X","version":9}`, want: []string{`"current":{"id":"$gift-lego"`, `"person_ids":["$dora"]`}, lacks: []string{"$person-ben"}},
		{name: "that it would suit oneself", as: "ben", method: patch, path: "/gifts/$gift-lego", status: 403,
			body: `{"person_ids":["$dora","$person-ben"]}`, want: []string{`"location":"body.person_ids[1]"`, "wish for it"}},
	})
}

// suitsBen lets Ada say that a gift which Ben sees would suit him, and Dora.
func suitsBen(f *family) {
	f.send(request{method: patch, path: f.fill("/api/v1/gifts/$gift-lego"), token: f.ada.token,
		body: f.fill(`{"person_ids":["$person-ben","$dora"]}`)}).want(f.t, 200)
}

func TestListItems(t *testing.T) {
	t.Parallel()
	runAll(t, []scenario{
		{name: "board", as: "cleo", method: get, path: "/list-items?list_id=$board", status: 200, want: []string{`[{"id":"$lego"`, `"gift":{"id":"$gift-lego"`, `"status":"selected"`}},
		{name: "one", as: "cleo", method: get, path: "/list-items/$lego", status: 200, want: []string{`"position":"$rank-lego"`, `"assignee_id":null`}},
		{name: "create with a new gift", as: "cleo", method: post, path: "/list-items", status: 201, body: `{"list_id":"$board","gift":{"name":"Kite"}}`,
			want: []string{`"status":"idea"`, `"surprise":true`, `"name":"Kite"`}, changes: []string{"gift_created", "gift_sight_changed", "item_created"}},
		{name: "create with a gift that is there", as: "cleo", method: post, path: "/list-items", status: 409, body: `{"list_id":"$board","gift_id":"$gift-lego"}`, want: []string{`"code":"exists"`}},
		{name: "create with neither", as: "cleo", method: post, path: "/list-items", status: 422, body: `{"list_id":"$board"}`, want: []string{`"code":"invalid"`, `gift`}},
		{name: "move", as: "cleo", method: post, path: "/list-items/$book/move", status: 200, body: `{"status":"idea","after":"$lego","version":1}`,
			want: []string{`"id":"$book"`, `"version":2`, `"status":"idea"`}, changes: []string{"item_changed"}},
		{name: "move between columns", as: "cleo", method: post, path: "/list-items/$book/move", status: 200, body: `{"status":"selected","before":"$ball","version":1}`,
			want: []string{`"status":"selected"`}, changes: []string{"item_changed"}},
		{name: "move with a stale version", as: "cleo", method: post, path: "/list-items/$book/move", status: 409, body: `{"status":"selected","version":1}`,
			before: func(f *family) {
				f.send(request{method: post, path: f.fill("/api/v1/list-items/$book/move"), token: f.ada.token, body: `{"status":"received","version":1}`})
			},
			want: []string{`"code":"conflict"`, `"current":{"id":"$book"`, `"status":"received"`}},
		{name: "move beside one that is gone", as: "cleo", method: post, path: "/list-items/$book/move", status: 200, body: `{"status":"selected","before":"$nobody","version":1}`,
			want: []string{`"status":"selected"`}, changes: []string{"item_changed"}},
		{name: "patch", as: "cleo", method: patch, path: "/list-items/$lego", status: 200, body: `{"assignee_id":"$cleo","notes":"in the attic"}`,
			want: []string{`"assignee_id":"$cleo"`, `"notes":"in the attic"`}, changes: []string{"item_changed"}},
		{name: "patch with what came", as: "cleo", method: patch, path: "/list-items/$lego", status: 200,
			body: `{"id":"$lego","list_id":"$board","gift_id":"$gift-lego","position":"$rank-lego","status":"idea","version":1,"notes":"x"}`,
			want: []string{`"notes":"x"`}, changes: []string{"item_changed"}},
		{name: "patch the rank", as: "cleo", method: patch, path: "/list-items/$lego", status: 422, body: `{"position":"zzz"}`, want: []string{`"body.position"`}},
		{name: "patch to another list", as: "cleo", method: patch, path: "/list-items/$lego", status: 422, body: `{"list_id":"$wishes"}`, want: []string{`"body.list_id"`}},
		{name: "assign somebody made up", as: "cleo", method: patch, path: "/list-items/$lego", status: 422, body: `{"assignee_id":"$nobody"}`, want: []string{`"body.assignee_id"`}},
		{name: "delete", as: "cleo", method: del, path: "/list-items/$lego", status: 204, changes: []string{"gift_sight_changed", "item_deleted"}},
	})
}

// shareList makes a list about nobody, of Ben's: item $puzzle for nobody, and
// $globe for Ben.
func shareList(f *family) {
	f.list("shared", f.ben, gift.ListInput{Name: "Presents", Type: gift.ListIdeas})
	f.item("puzzle", f.ben, "shared", gift.StatusIdea)
	f.item("globe", f.ada, "shared", gift.StatusIdea)
	f.send(request{method: patch, path: f.fill("/api/v1/list-items/$globe"), token: f.ada.token,
		body: f.fill(`{"recipient_ids":["$person-ben"]}`)}).want(f.t, 200)
}

// Guarantees: P3, P4, P16
func TestRecipients(t *testing.T) {
	t.Parallel()
	scenarios := []scenario{
		{name: "create", as: "cleo", method: post, path: "/list-items", status: 201, body: `{"list_id":"$shared","gift":{"name":"Kite"},"recipient_ids":["$dora"],"status":"selected"}`,
			want: []string{`"recipient_ids":["$dora"]`}, changes: []string{"gift_created", "gift_sight_changed", "item_created"}},
		{name: "for nobody", as: "cleo", method: post, path: "/list-items", status: 201, body: `{"list_id":"$shared","gift":{"name":"Kite"},"status":"selected"}`,
			want: []string{`"recipient_ids":[]`}, changes: []string{"gift_created", "gift_sight_changed", "item_created"}},
		{name: "about a person", as: "cleo", method: get, path: "/list-items/$lego", status: 200, want: []string{`"recipient_ids":["$dora"]`}},
		{name: "about a person, for another", as: "cleo", method: patch, path: "/list-items/$lego", status: 422, body: `{"recipient_ids":["$person-ben"]}`, want: []string{`"body.recipient_ids"`}},
		{name: "change", as: "cleo", method: patch, path: "/list-items/$puzzle", status: 200, body: `{"recipient_ids":["$person-ben"]}`,
			want: []string{`"recipient_ids":["$person-ben"]`}, changes: []string{"item_changed"}},
		{name: "for somebody unknown", as: "cleo", method: patch, path: "/list-items/$puzzle", status: 422, body: `{"recipient_ids":["$dora","$nobody"]}`,
			want: []string{`"body.recipient_ids[1]"`, "no such person"}},
		{name: "for oneself", as: "ben", method: patch, path: "/list-items/$puzzle", status: 422, body: `{"recipient_ids":["$person-ben"]}`,
			want: []string{`"body.recipient_ids[0]"`, "wishlist"}},
		{name: "null", as: "cleo", method: patch, path: "/list-items/$puzzle", status: 422, body: `{"recipient_ids":null}`, want: []string{`"body.recipient_ids"`}},
		{name: "not a list", as: "cleo", method: patch, path: "/list-items/$puzzle", status: 422, body: `{"recipient_ids":"$dora"}`, want: []string{`"body.recipient_ids"`}},
		{name: "to them it is not there", as: "ben", method: get, path: "/list-items/$globe", status: 404},
		{name: "nor on the board", as: "ben", method: get, path: "/list-items?list_id=$shared", status: 200, want: []string{"$puzzle"}, lacks: []string{"globe"}},
		{name: "nor in the count", as: "ben", method: get, path: "/lists/$shared", status: 200, want: []string{`"item_count":1`}},
		{name: "nor among the gifts", as: "ben", method: get, path: "/gifts", status: 200, want: []string{"puzzle"}, lacks: []string{"globe"}},
		{name: "a planner's link", as: "cleo", method: patch, path: "/list-items/$lego", status: 200, body: `{"link":"https://example.org/lego"}`,
			want: []string{`"link":"https://example.org/lego"`}, changes: []string{"item_changed"}},
		{name: "a link that is none", as: "cleo", method: patch, path: "/list-items/$lego", status: 422, body: `{"link":"ftp://example.org"}`, want: []string{`"body.link"`}},
		{name: "another's wish", as: "cleo", method: patch, path: "/gifts/$gift-tent", status: 403, body: `{"sale_price":{"amount":1,"currency":"EUR"}}`, want: []string{`"forbidden"`, "card"}},
		{name: "one's own wish", as: "ben", method: patch, path: "/gifts/$gift-tent", status: 200, body: `{"name":"Big tent"}`, changes: []string{"gift_changed", "item_gift_changed"}},
		{name: "a shared list stays so", as: "ben", method: patch, path: "/lists/$shared", status: 422, body: `{"person_id":"$dora"}`, want: []string{`"body.person_id"`}},
		{name: "more than a list may be for", as: "cleo", method: patch, path: "/list-items/$puzzle", status: 422,
			body: `{"recipient_ids":[` + strings.Repeat(`"$dora",`, gift.MaxRecipients) + `"$dora"]}`, want: []string{`"body.recipient_ids"`, "50"}},
	}
	for i := range scenarios {
		scenarios[i].before = shareList
	}
	runAll(t, scenarios)
}

func TestWishes(t *testing.T) {
	t.Parallel()
	runAll(t, []scenario{
		{name: "as the wisher", as: "ben", method: get, path: "/wishes?list_id=$wishes", status: 200,
			want: []string{`[{"id":"$tent"`}, lacks: []string{"status", "assignee", "lamp", "notes\":null"}},
		{name: "the board is not for the wisher", as: "ben", method: get, path: "/list-items?list_id=$wishes", status: 404},
		{name: "its gifts neither", as: "ben", method: get, path: "/gifts?list_id=$wishes", status: 404},
		{name: "as a planner", as: "cleo", method: get, path: "/list-items?list_id=$wishes", status: 200, want: []string{`"$tent"`, `"$lamp"`}},
		{name: "create", as: "ben", method: post, path: "/wishes", status: 201, body: `{"list_id":"$wishes","gift":{"name":"Boots"}}`,
			want: []string{`"name":"Boots"`}, lacks: []string{"status"}, changes: []string{"gift_created", "gift_sight_changed", "item_created"}},
		{name: "withdraw", as: "ben", method: del, path: "/wishes/$tent", status: 204, changes: []string{"gift_sight_changed", "item_deleted"}},
		{name: "a surprise is no wish", as: "ben", method: del, path: "/wishes/$lamp", status: 404},
	})
}

func TestUsers(t *testing.T) {
	t.Parallel()
	runAll(t, []scenario{
		{name: "as an admin", as: "ada", method: get, path: "/users", status: 200, want: []string{`[{"id":"$ada"`, `ben@example.org`}, lacks: []string{"argon2"}},
		{name: "as a member", as: "ben", method: get, path: "/users", status: 200, want: []string{`ben@example.org`, `"name":"Cleo"`}, lacks: []string{"cleo@example.org"}},
		{name: "me", as: "ben", method: get, path: "/auth/me", status: 200, want: []string{`"user":{"id":"$ben"`, `"family":{"name":"Lovelace","currency":"EUR"}`}},
	})
}
