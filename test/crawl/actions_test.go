package crawl_test

import (
	"slices"
	"strings"
)

// action is something that one person may not know of. It is done by somebody
// else, and its steps come in this order.
type action struct {
	name  string
	steps []step
}

// actions are the changes that the victim must not notice.
var actions = slices.Concat(threads...)

// threads are the actions that build on each other. In their texts V is the
// victim, A the actor, and Z what the victim must not see.
var threads = [][]action{{
	{"a card for them, with a new gift", []step{{"A", "POST", "/list-items", `{"list_id":"$board","gift":{"name":"Z","notes":"Z"},"notes":"Z","recipient_ids":["$V.person"]}`, "V-card"}}},
	{"a card for them of a gift that they see", []step{{"A", "POST", "/list-items", `{"list_id":"$board","gift_id":"$V-wish.gift","recipient_ids":["$V.person"]}`, "V-copy"}}},
	{"their card moved between columns", []step{{"A", "POST", "/list-items/$V-card/move", `{"status":"selected","version":1}`, ""}}},
	{"their card moved between cards that they see", []step{{"A", "POST", "/list-items/$V-card/move", `{"status":"idea","before":"$candles","after":"$sledge","version":2}`, ""}}},
	{"their card at the head of a column", []step{{"A", "POST", "/list-items/$V-card/move", `{"status":"idea","after":"$candles","version":3}`, ""}}},
	{"a note on their card", []step{{"A", "PATCH", "/list-items/$V-card", `{"notes":"Z again"}`, ""}}},
	{"a price of their card", []step{{"A", "PATCH", "/list-items/$V-card", `{"price":{"amount":4999,"currency":"EUR"}}`, ""}}},
	{"a discount and a number of their card", []step{{"A", "PATCH", "/list-items/$V-card", `{"discount_price":{"amount":3999,"currency":"EUR"},"quantity":3}`, ""}}},
	{"their card assigned", []step{{"A", "PATCH", "/list-items/$V-card", `{"assignee_id":"$gil"}`, ""}}},
	{"their card purchased", []step{{"A", "PATCH", "/list-items/$V-card", `{"status":"purchased"}`, ""}}},
	{"their card for another person, too", []step{{"A", "PATCH", "/list-items/$V-card", `{"recipient_ids":["$V.person","$dora"]}`, ""}}},
	{"their card's gift renamed", []step{{"A", "PATCH", "/gifts/$V-card.gift", `{"name":"Z of another name"}`, ""}}},
	{"their card's gift with a price", []step{{"A", "PATCH", "/gifts/$V-card.gift", `{"price":{"amount":1,"currency":"EUR"},"url":"https://example.org/Z"}`, ""}}},
	{"their copy moved", []step{{"A", "POST", "/list-items/$V-copy/move", `{"status":"received","version":1}`, ""}}},
	{"their copy deleted", []step{{"A", "DELETE", "/list-items/$V-copy", "", ""}}},
	{"their card's gift deleted", []step{{"A", "DELETE", "/gifts/$V-card.gift", "", ""}}},
}, {
	{"a list about them", []step{{"A", "POST", "/lists", `{"name":"Z","type":"ideas","person_id":"$V.person","occasion_id":"$christmas"}`, "V-list"}}},
	{"a gift on a list about them", []step{{"A", "POST", "/list-items", `{"list_id":"$V-list","gift":{"name":"Z"},"notes":"Z","assignee_id":"$gil"}`, "V-idea"}}},
	{"a gift that they see on a list about them", []step{{"A", "POST", "/list-items", `{"list_id":"$V-list","gift_id":"$V-wish.gift"}`, "V-again"}}},
	{"a gift of the board on a list about them", []step{{"A", "POST", "/list-items", `{"list_id":"$V-list","gift_id":"$candles.gift"}`, "V-third"}}},
	{"a gift that they see on a list about them, and another comes to see", []step{{"A", "POST", "/list-items", `{"list_id":"$V-list","gift_id":"$rope.gift"}`, ""}}},
	{"a move on a list about them", []step{{"A", "POST", "/list-items/$V-idea/move", `{"status":"purchased","version":1}`, ""}}},
	{"an edit on a list about them", []step{{"A", "PATCH", "/list-items/$V-idea", `{"notes":"Z","price":{"amount":7,"currency":"EUR"}}`, ""}}},
	{"a list about them renamed", []step{{"A", "PATCH", "/lists/$V-list", `{"name":"Z","description":"Z"}`, ""}}},
	{"a list about them made private", []step{{"A", "PATCH", "/lists/$V-list", `{"visibility":"private"}`, ""}}},
	{"a list about them shared again", []step{{"A", "PATCH", "/lists/$V-list", `{"visibility":"family"}`, ""}}},
	{"a gift that they see off a list about them", []step{{"A", "DELETE", "/list-items/$V-again", "", ""}}},
	{"a list about them deleted", []step{{"A", "DELETE", "/lists/$V-list", "", ""}}},
}, {
	{"a private list", []step{{"A", "POST", "/lists", `{"name":"Z","type":"ideas","visibility":"private","occasion_id":"$christmas"}`, "V-private"}}},
	{"a gift that they see on a private list", []step{{"A", "POST", "/list-items", `{"list_id":"$V-private","gift_id":"$candles.gift","notes":"Z"}`, "V-mine"}}},
	{"a private list renamed", []step{{"A", "PATCH", "/lists/$V-private", `{"name":"Z","description":"Z"}`, ""}}},
	{"a private list deleted", []step{{"A", "DELETE", "/lists/$V-private", "", ""}}},
}, {
	{"a surprise on their wishlist", []step{{"A", "POST", "/list-items", `{"list_id":"$V-wishes","gift":{"name":"Z"},"notes":"Z"}`, "V-surprise"}}},
	{"a gift of the board as a surprise on their wishlist", []step{{"A", "POST", "/list-items", `{"list_id":"$V-wishes","gift_id":"$tree.gift"}`, "V-tree"}}},
	{"their surprise moved", []step{{"A", "POST", "/list-items/$V-surprise/move", `{"status":"selected","version":1}`, ""}}},
	{"their wish moved", []step{{"A", "POST", "/list-items/$V-wish/move", `{"status":"purchased","version":1}`, ""}}},
	{"a note on their wish", []step{{"A", "PATCH", "/list-items/$V-wish", `{"notes":"Z"}`, ""}}},
	{"a price of their wish", []step{{"A", "PATCH", "/list-items/$V-wish", `{"price":{"amount":9,"currency":"EUR"},"discount_price":{"amount":8,"currency":"EUR"}}`, ""}}},
	{"where to buy their wish", []step{{"A", "PATCH", "/list-items/$V-wish", `{"link":"https://example.org/Z"}`, ""}}},
	{"their wish assigned", []step{{"A", "PATCH", "/list-items/$V-wish", `{"assignee_id":"$gil"}`, ""}}},
	{"their surprise deleted", []step{{"A", "DELETE", "/list-items/$V-surprise", "", ""}}},
}, {
	{"a gift that would suit them", []step{{"A", "PATCH", "/gifts/$tree.gift", `{"person_ids":["$V.person"]}`, ""}}},
	{"a gift that would suit them no longer", []step{{"A", "PATCH", "/gifts/$tree.gift", `{"person_ids":[]}`, ""}}},
}, {
	{"a budget for them", []step{{"A", "PATCH", "/occasions/$christmas", guests(`{"amount":5000,"currency":"EUR"}`), ""}}},
	{"another budget for them", []step{{"A", "PATCH", "/occasions/$christmas", guests(`{"amount":6000,"currency":"EUR"}`), ""}}},
	{"no budget for them", []step{{"A", "PATCH", "/occasions/$christmas", guests(`null`), ""}}},
}, {
	{"a note about them", []step{{"A", "PATCH", "/persons/$V.person", `{"notes":"Z"}`, ""}}},
}}

// guests are the people of Christmas, with a budget for the victim.
func guests(budget string) string {
	people := []string{`{"person_id":"$dora","budget":{"amount":100,"currency":"EUR"}}`}
	for _, name := range []string{"ada", "ben", "cleo", "edith", "gil", "finn"} {
		people = append(people, `{"person_id":"$`+name+`.person","budget":`+name+`}`)
	}
	return `{"people":[` + strings.Join(people, ",") + `]}|` + budget
}

// behind is the action with its persons in place.
func (a action) behind(victim, actor string) action {
	steps := make([]step, len(a.steps))
	for i, s := range a.steps {
		put := strings.NewReplacer("$V", "$"+victim, "V-", victim+"-", "Z", markerOf(victim)).Replace
		s.by, s.path, s.save = strings.ReplaceAll(s.by, "A", actor), put(s.path), put(s.save)
		s.body = put(budgeted(s.body, victim))
		steps[i] = s
	}
	return action{a.name, steps}
}

// budgeted gives the victim alone the budget behind the bar.
func budgeted(body, victim string) string {
	people, budget, is := strings.Cut(body, "|")
	if !is {
		return body
	}
	for _, name := range []string{"ada", "ben", "cleo", "edith", "gil", "finn"} {
		b := "null"
		if name == victim {
			b = budget
		}
		people = strings.ReplaceAll(people, `"budget":`+name+`}`, `"budget":`+b+`}`)
	}
	return people
}
