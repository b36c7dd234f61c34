package gift_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift"
)

// long is a text of n characters, each of several bytes.
func long(n int) string { return strings.Repeat("ä", n) }

func longURL(n int) string {
	return "https://a.example/" + strings.Repeat("x", n-len("https://a.example/"))
}

func tags(n int) []string { return strings.Split(strings.Repeat("x,", n-1)+"x", ",") }

func sizes(n int) map[string]string {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprint(i)] = "x"
	}
	return m
}

func links(n int) []gift.Link {
	out := make([]gift.Link, n)
	for i := range out {
		out[i] = gift.Link{URL: "https://example.org"}
	}
	return out
}

func people(n int) []gift.PersonID {
	out := make([]gift.PersonID, n)
	for i := range out {
		out[i] = gift.PersonID(fmt.Sprint(i))
	}
	return out
}

func guests(n int) []gift.OccasionPerson {
	out := make([]gift.OccasionPerson, n)
	for i := range out {
		out[i].PersonID = gift.PersonID(fmt.Sprint(i))
	}
	return out
}

func eur(n int64) *gift.Money { return &gift.Money{Amount: n, Currency: "EUR"} }

func person(change func(*gift.PersonInput)) error {
	in := gift.PersonInput{Name: "Ann"}
	change(&in)
	_, err := in.New("id", time.Now())
	return err
}

func occasion(change func(*gift.OccasionInput)) error {
	in := gift.OccasionInput{Name: "Day", Type: gift.OccasionOther, Date: "2030-01-01"}
	change(&in)
	_, err := in.New("id", time.Now())
	return err
}

func list(change func(*gift.ListInput)) error {
	in := gift.ListInput{Name: "List", Type: gift.ListIdeas}
	change(&in)
	_, err := in.New("id", "owner", nil, time.Now())
	return err
}

func thing(change func(*gift.GiftInput)) error {
	in := gift.GiftInput{Name: "Kite"}
	change(&in)
	_, err := in.New("id", time.Now())
	return err
}

func item(change func(*gift.ListItemInput)) error {
	in := gift.ListItemInput{ListID: "list", GiftID: new(gift.GiftID("gift"))}
	change(&in)
	_, err := in.New("id", time.Now())
	return err
}

// TestLimits tries each limit from both sides: the last value that is allowed
// (field "") and the first that is not.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		field string
	}{
		{"name of the most characters", person(func(in *gift.PersonInput) { in.Name = long(gift.MaxName) }), ""},
		{"name of one more", person(func(in *gift.PersonInput) { in.Name = long(gift.MaxName + 1) }), "name"},
		{"no name", person(func(in *gift.PersonInput) { in.Name = "" }), "name"},
		{"a blank name", person(func(in *gift.PersonInput) { in.Name = " \t\n" }), "name"},
		{"a name that is not UTF-8", person(func(in *gift.PersonInput) { in.Name = "a\xff" }), "name"},
		{"a name with NUL", person(func(in *gift.PersonInput) { in.Name = "a\x00" }), "name"},
		{"a name of no width", person(func(in *gift.PersonInput) { in.Name = "\u200b\u2060" }), "name"},
		{"a name of fillers", person(func(in *gift.PersonInput) { in.Name = "\u3164\u2800\ufe0f" }), "name"},
		{"a name that turns what is behind it", person(func(in *gift.PersonInput) { in.Name = "Ann \u202egnp.exe" }), "name"},
		{"a name that isolates", person(func(in *gift.PersonInput) { in.Name = "\u2067Ann" }), "name"},
		{"a name with a mark of direction", person(func(in *gift.PersonInput) { in.Name = "\u05d3\u05e0\u05d4\u200f!" }), ""},
		{"a name of joined emoji", person(func(in *gift.PersonInput) { in.Name = "\U0001f468\u200d\U0001f469\u200d\U0001f467" }), ""},
		{"a turning relationship", person(func(in *gift.PersonInput) { in.Relationship = "x\u202d" }), "relationship"},
		{"an interest of no width", person(func(in *gift.PersonInput) { in.Interests = []string{"x", "\ufeff"} }), "interests[1]"},
		{"a turning size", person(func(in *gift.PersonInput) { in.Sizes = map[string]string{"x": "\u202e"} }), "sizes"},
		{"notes of any kind", person(func(in *gift.PersonInput) { in.Notes = "a\u200d\u202eb\u200b\n" }), ""},
		{"relationship", person(func(in *gift.PersonInput) { in.Relationship = long(gift.MaxRelationship) }), ""},
		{"relationship, one more", person(func(in *gift.PersonInput) { in.Relationship = long(gift.MaxRelationship + 1) }), "relationship"},
		{"a leap day", person(func(in *gift.PersonInput) { in.Birthdate = new(gift.Date("2024-02-29")) }), ""},
		{"no leap day", person(func(in *gift.PersonInput) { in.Birthdate = new(gift.Date("2023-02-29")) }), "birthdate"},
		{"a day of another form", person(func(in *gift.PersonInput) { in.Anniversary = new(gift.Date("1.2.2023")) }), "anniversary"},
		{"notes", person(func(in *gift.PersonInput) { in.Notes = long(gift.MaxText) }), ""},
		{"notes, one more", person(func(in *gift.PersonInput) { in.Notes = long(gift.MaxText + 1) }), "notes"},
		{"interests", person(func(in *gift.PersonInput) { in.Interests = tags(gift.MaxTags) }), ""},
		{"interests, one more", person(func(in *gift.PersonInput) { in.Interests = tags(gift.MaxTags + 1) }), "interests"},
		{"a long interest", person(func(in *gift.PersonInput) { in.Interests = []string{"x", long(gift.MaxShortText + 1)} }), "interests[1]"},
		{"an empty interest", person(func(in *gift.PersonInput) { in.Interests = []string{""} }), "interests[0]"},
		{"constraints, one more", person(func(in *gift.PersonInput) { in.Constraints = tags(gift.MaxTags + 1) }), "constraints"},
		{"sizes", person(func(in *gift.PersonInput) { in.Sizes = sizes(gift.MaxTags) }), ""},
		{"sizes, one more", person(func(in *gift.PersonInput) { in.Sizes = sizes(gift.MaxTags + 1) }), "sizes"},
		{"a long size", person(func(in *gift.PersonInput) { in.Sizes = map[string]string{"x": long(gift.MaxShortText + 1)} }), "sizes"},
		{"a size of nothing", person(func(in *gift.PersonInput) { in.Sizes = map[string]string{"": "x"} }), "sizes"},
		{"an address", person(func(in *gift.PersonInput) { in.PhotoURL = longURL(gift.MaxURL) }), ""},
		{"an address, one more", person(func(in *gift.PersonInput) { in.PhotoURL = longURL(gift.MaxURL + 1) }), "photo_url"},
		{"a script", person(func(in *gift.PersonInput) { in.PhotoURL = "javascript:alert(1)" }), "photo_url"},
		{"data", person(func(in *gift.PersonInput) { in.PhotoURL = "data:image/png;base64,xx" }), "photo_url"},
		{"a relative address", person(func(in *gift.PersonInput) { in.PhotoURL = "/photo.png" }), "photo_url"},
		{"no host", person(func(in *gift.PersonInput) { in.PhotoURL = "https://" }), "photo_url"},
		{"an address with a line break", person(func(in *gift.PersonInput) { in.PhotoURL = "https://a.example/\n" }), "photo_url"},
		{"a colour", person(func(in *gift.PersonInput) { in.Color = "#00ff7a" }), ""},
		{"a colour in capitals", person(func(in *gift.PersonInput) { in.Color = "#00FF7A" }), "color"},

		{"occasion type", occasion(func(in *gift.OccasionInput) { in.Type = "feast" }), "type"},
		{"no date", occasion(func(in *gift.OccasionInput) { in.Date = "" }), "date"},
		{"description, one more", occasion(func(in *gift.OccasionInput) { in.Description = long(gift.MaxText + 1) }), "description"},
		{"rule", occasion(func(in *gift.OccasionInput) { in.RecurrenceRule = "weekly" }), "recurrence_rule"},
		{"total", occasion(func(in *gift.OccasionInput) { in.BudgetTotal = eur(-1) }), "budget_total.amount"},
		{"guests", occasion(func(in *gift.OccasionInput) { in.People = guests(gift.MaxGuests) }), ""},
		{"guests, one more", occasion(func(in *gift.OccasionInput) { in.People = guests(gift.MaxGuests + 1) }), "people"},
		{"a guest twice", occasion(func(in *gift.OccasionInput) { in.People = append(guests(2), guests(1)...) }), "people[2].person_id"},
		{"a guest without id", occasion(func(in *gift.OccasionInput) { in.People = make([]gift.OccasionPerson, 1) }), "people[0].person_id"},
		{"a guest's budget", occasion(func(in *gift.OccasionInput) { in.People = []gift.OccasionPerson{{PersonID: "x", Budget: eur(-1)}} }), "people[0].budget.amount"},

		{"list type", list(func(in *gift.ListInput) { in.Type = "" }), "type"},
		{"visibility", list(func(in *gift.ListInput) { in.Visibility = "secret" }), "visibility"},
		{"list description", list(func(in *gift.ListInput) { in.Description = long(gift.MaxText + 1) }), "description"},

		{"nothing", thing(func(in *gift.GiftInput) { in.Price = eur(0) }), ""},
		{"the most", thing(func(in *gift.GiftInput) { in.Price = eur(gift.MaxAmount) }), ""},
		{"one cent more", thing(func(in *gift.GiftInput) { in.Price = eur(gift.MaxAmount + 1) }), "price.amount"},
		{"less than nothing", thing(func(in *gift.GiftInput) { in.SalePrice = eur(-1) }), "sale_price.amount"},
		{"a currency in small letters", thing(func(in *gift.GiftInput) { in.Price = &gift.Money{Currency: "eur"} }), "price.currency"},
		{"a made-up currency", thing(func(in *gift.GiftInput) { in.Price = &gift.Money{Currency: "XXY"} }), "price.currency"},
		{"a currency without cents", thing(func(in *gift.GiftInput) { in.Price = &gift.Money{Currency: "JPY"} }), ""},
		{"no currency", thing(func(in *gift.GiftInput) { in.Price = &gift.Money{} }), "price.currency"},
		{"url", thing(func(in *gift.GiftInput) { in.URL = "ftp://example.org" }), "url"},
		{"picture", thing(func(in *gift.GiftInput) { in.ImageURL = "x" }), "image_url"},
		{"picture that is a page", thing(func(in *gift.GiftInput) { in.ImageURL = "data:text/html,<script>" }), "image_url"},
		{"picture that runs code", thing(func(in *gift.GiftInput) { in.ImageURL = "javascript:alert(1)" }), "image_url"},
		{"picture that is large", thing(func(in *gift.GiftInput) { in.ImageURL = "data:image/png;base64," + strings.Repeat("x", 2000) }), "image_url"},
		{"link that is a picture", thing(func(in *gift.GiftInput) { in.URL = "data:image/png;base64,xx" }), "url"},
		{"a turning source", thing(func(in *gift.GiftInput) { in.Source = "\u202e" }), "source"},
		{"a turning label", thing(func(in *gift.GiftInput) {
			in.AdditionalLinks = []gift.Link{{Label: "\u2066", URL: "https://example.org"}}
		}), "additional_links[0].label"},
		{"source, one more", thing(func(in *gift.GiftInput) { in.Source = long(gift.MaxShortText + 1) }), "source"},
		{"gift description", thing(func(in *gift.GiftInput) { in.Description = long(gift.MaxText + 1) }), "description"},
		{"gift notes", thing(func(in *gift.GiftInput) { in.Notes = long(gift.MaxText + 1) }), "notes"},
		{"priority", thing(func(in *gift.GiftInput) { in.Priority = "urgent" }), "priority"},
		{"quantity", thing(func(in *gift.GiftInput) { in.Quantity = gift.MaxQuantity }), ""},
		{"quantity, one more", thing(func(in *gift.GiftInput) { in.Quantity = gift.MaxQuantity + 1 }), "quantity"},
		{"quantity below one", thing(func(in *gift.GiftInput) { in.Quantity = -1 }), "quantity"},
		{"links", thing(func(in *gift.GiftInput) { in.AdditionalLinks = links(gift.MaxLinks) }), ""},
		{"links, one more", thing(func(in *gift.GiftInput) { in.AdditionalLinks = links(gift.MaxLinks + 1) }), "additional_links"},
		{"a link to nowhere", thing(func(in *gift.GiftInput) { in.AdditionalLinks = []gift.Link{{Label: "x"}} }), "additional_links[0].url"},
		{"a link's label", thing(func(in *gift.GiftInput) {
			in.AdditionalLinks = []gift.Link{{Label: long(gift.MaxShortText + 1), URL: "https://example.org"}}
		}), "additional_links[0].label"},
		{"suits", thing(func(in *gift.GiftInput) { in.PersonIDs = people(gift.MaxGiftPeople) }), ""},
		{"suits, one more", thing(func(in *gift.GiftInput) { in.PersonIDs = people(gift.MaxGiftPeople + 1) }), "person_ids"},
		{"suits somebody twice", thing(func(in *gift.GiftInput) { in.PersonIDs = append(people(2), people(1)...) }), "person_ids[2]"},

		{"status", item(func(in *gift.ListItemInput) { in.Status = "lost" }), "status"},
		{"item notes", item(func(in *gift.ListItemInput) { in.Notes = long(gift.MaxText + 1) }), "notes"},
		{"item price", item(func(in *gift.ListItemInput) { in.Price = eur(-1) }), "price.amount"},
		{"discount price", item(func(in *gift.ListItemInput) { in.DiscountPrice = eur(-1) }), "discount_price.amount"},
		{"item quantity", item(func(in *gift.ListItemInput) { in.Quantity = gift.MaxQuantity + 1 }), "quantity"},
		{"neither gift", item(func(in *gift.ListItemInput) { in.GiftID = nil }), "gift_id"},
		{"both gifts", item(func(in *gift.ListItemInput) { in.Gift = &gift.GiftInput{Name: "x"} }), "gift"},

		{"move", gift.Move{Status: gift.StatusIdea, Version: 1}.Validate(), ""},
		{"move without version", gift.Move{Status: gift.StatusIdea}.Validate(), "version"},
		{"move to nowhere", gift.Move{Version: 1}.Validate(), "status"},

		{"family", gift.Family{Name: long(gift.MaxName), Currency: "CHF"}.Validate(), ""},
		{"family name", gift.Family{Name: long(gift.MaxName + 1), Currency: "CHF"}.Validate(), "family_name"},
		{"family name of no width", gift.Family{Name: "\u200b", Currency: "CHF"}.Validate(), "family_name"},
		{"family currency", gift.Family{Name: "x", Currency: "€"}.Validate(), "currency"},
		{"made-up family currency", gift.Family{Name: "x", Currency: "ZZZ"}.Validate(), "currency"},
		{"account", gift.NewAccount{Name: "Ann", Email: " Ann@Example.ORG "}.Validate(), ""},
		{"account name of no width", gift.NewAccount{Name: "\u200b", Email: "ann@example.org"}.Validate(), "name"},
		{"account name", gift.NewAccount{Email: "ann@example.org"}.Validate(), "name"},
		{"email", gift.NewAccount{Name: "Ann", Email: strings.Repeat("x", gift.MaxEmail-len("@example.org")) + "@example.org"}.Validate(), ""},
		{"email, one more", gift.NewAccount{Name: "Ann", Email: strings.Repeat("x", gift.MaxEmail-len("@example.org")+1) + "@example.org"}.Validate(), "email"},
		{"email with a name", gift.NewAccount{Name: "Ann", Email: "Ann <ann@example.org>"}.Validate(), "email"},
		{"two emails", gift.NewAccount{Name: "Ann", Email: "a@example.org,b@example.org"}.Validate(), "email"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e *gift.Error
			switch {
			case c.field == "" && c.err != nil:
				t.Fatalf("refused: %v", c.err)
			case c.field != "" && (!errors.As(c.err, &e) || e.Code != gift.EINVALID || e.Field != c.field):
				t.Fatalf("got %v, want it to blame %s", c.err, c.field)
			}
		})
	}
}

func TestPageSize(t *testing.T) {
	for limit, want := range map[int]int{0: gift.DefaultPageSize, 1: 1, gift.MaxPageSize: gift.MaxPageSize} {
		if got, err := (gift.Page{Limit: limit}).Size(); got != want || err != nil {
			t.Errorf("limit %d: got %d, %v", limit, got, err)
		}
	}
	for _, limit := range []int{-1, gift.MaxPageSize + 1} {
		if _, err := (gift.Page{Limit: limit}).Size(); gift.CodeOf(err) != gift.EINVALID {
			t.Errorf("limit %d: got %v", limit, err)
		}
	}
}
