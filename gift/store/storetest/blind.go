package storetest

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"github.com/familygifting/tidings/gift"
)

// mirror runs one script in two families, of which only the second has cards
// that are hidden from ben. He is the viewer; ada does what is hidden.
type mirror struct {
	*family
	list, other gift.List
	// mine are ben's gifts, hidden the cards that he must not notice.
	mine   []gift.Gift
	hidden []gift.ListItem
}

func newMirror(t *testing.T, f *family) *mirror {
	m := &mirror{family: f, list: f.list(t, f.ben, nil), other: f.list(t, f.ada, nil)}
	for i := range 5 {
		m.mine = append(m.mine, f.item(t, f.ben, m.list, fmt.Sprint("gift ", i)).Gift)
	}
	return m
}

// hide does something that ben must not notice.
func (m *mirror) hide(t *testing.T, random *rand.Rand) {
	t.Helper()
	if len(m.hidden) == 0 || random.IntN(3) == 0 {
		in := gift.ListItemInput{ListID: m.list.ID, RecipientIDs: []gift.PersonID{*m.ben.PersonID},
			Status: gift.Statuses[random.IntN(2)], Gift: &gift.GiftInput{Name: fmt.Sprint("hidden ", len(m.hidden))}}
		if random.IntN(2) == 0 { // or one of his own, in a second card
			in.ListID, in.Gift, in.GiftID = m.other.ID, nil, &m.mine[random.IntN(len(m.mine))].ID
			held := m.board(t, m.ada, m.other)
			if slices.ContainsFunc(held, func(i gift.ListItem) bool { return i.GiftID == *in.GiftID }) {
				return
			}
		}
		m.hidden = append(m.hidden, must(m.s.CreateListItem(m.ctx, as(m.ada), in))(t))
		return
	}
	card := &m.hidden[random.IntN(len(m.hidden))]
	switch random.IntN(4) {
	case 0:
		*card = must(m.s.UpdateListItem(m.ctx, as(m.ada), card.ID, gift.ListItemPatch{Notes: gift.Set(fmt.Sprint(random.IntN(9)))}))(t)
	case 1:
		*card = must(m.s.UpdateListItem(m.ctx, as(m.ada), card.ID, gift.ListItemPatch{
			AssigneeID: gift.Set(&m.cleo.ID), Price: gift.Set(euros(9)), Link: gift.Set("https://example.org")}))(t)
	case 2:
		people := []gift.PersonID{*m.ben.PersonID}
		if len(card.RecipientIDs) == 1 {
			people = append(people, m.dan.ID)
		}
		*card = must(m.s.UpdateListItem(m.ctx, as(m.ada), card.ID, forPeople(people...)))(t)
	default:
		board := m.board(t, m.ada, gift.List{ID: card.ListID})
		before := &board[random.IntN(len(board))]
		*card = must(m.s.MoveListItem(m.ctx, as(m.ada), card.ID, gift.Move{Status: before.Status, Before: &before.ID, Version: card.Version}))(t)
	}
}

// act does something as ben, and returns what he is answered.
func (m *mirror) act(t *testing.T, random *rand.Rand) any {
	t.Helper()
	board := m.board(t, m.ben, m.list)
	card, near := board[random.IntN(len(board))], board[random.IntN(len(board))]
	switch random.IntN(6) {
	case 0:
		moved, err := m.s.MoveListItem(m.ctx, as(m.ben), card.ID, gift.Move{Status: near.Status, Before: &near.ID, Version: card.Version})
		return []any{moved, fmt.Sprint(err)}
	case 1:
		moved, err := m.s.MoveListItem(m.ctx, as(m.ben), card.ID, gift.Move{Status: near.Status, After: &near.ID, Version: card.Version})
		return []any{moved, fmt.Sprint(err)}
	case 2:
		patched, err := m.s.UpdateListItem(m.ctx, as(m.ben), card.ID, gift.ListItemPatch{Status: gift.Set(gift.Statuses[random.IntN(3)])})
		return []any{patched, fmt.Sprint(err)}
	case 3:
		added, err := m.s.CreateListItem(m.ctx, as(m.ben), gift.ListItemInput{ListID: m.other.ID, GiftID: &m.mine[random.IntN(len(m.mine))].ID})
		return []any{added, fmt.Sprint(err)}
	case 4:
		wished, err := m.s.CreateWish(m.ctx, as(m.ben), gift.WishInput{ListID: m.other.ID, GiftID: &m.mine[random.IntN(len(m.mine))].ID})
		return []any{wished, fmt.Sprint(err)}
	default:
		if open := m.board(t, m.ben, m.other); len(open) > 0 {
			return fmt.Sprint(m.s.DeleteListItem(m.ctx, as(m.ben), open[random.IntN(len(open))].ID))
		}
		added, err := m.s.CreateListItem(m.ctx, as(m.ben), gift.ListItemInput{ListID: m.list.ID, Gift: &gift.GiftInput{Name: "more"}})
		return []any{added, fmt.Sprint(err)}
	}
}

var (
	idPattern  = regexp.MustCompile(`"[0-9a-z]{20}"`)
	newPattern = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[^"]*"|"#[0-9a-f]{6}"`) // a time, or a colour by an id
)

// sameInBoth is a text without what is random in each of two families: ids are
// numbered as they come, times and colours left out.
func sameInBoth(s string) string {
	numbers := map[string]string{}
	s = newPattern.ReplaceAllString(s, `"new"`)
	return idPattern.ReplaceAllStringFunc(s, func(id string) string {
		if numbers[id] == "" {
			numbers[id] = fmt.Sprintf(`"id %d"`, len(numbers))
		}
		return numbers[id]
	})
}

// blindTests compare what somebody reads and is answered, with and without cards
// that are hidden from them.
func blindTests(open func(t *testing.T) gift.Service) []test {
	return []test{
		{"any actions: the same with and without hidden cards", func(t *testing.T, _ *family) {
			for seed := range uint64(3) {
				with, without := newMirror(t, newFamily(t, open(t))), newMirror(t, newFamily(t, open(t)))
				secrets := rand.New(rand.NewPCG(seed, 1))
				for step := range 60 {
					before := with.everything(t, with.ben)
					with.hide(t, secrets)
					equal(t, with.everything(t, with.ben), before)
					got, want := with.answered(t, seed, step), without.answered(t, seed, step)
					if got != want {
						t.Logf("seed %d, step %d", seed, step)
						equal(t, got, want)
					}
				}
				if len(with.hidden) < 5 {
					t.Fatalf("only %d hidden cards", len(with.hidden))
				}
			}
		}},
	}
}

// answered is what ben is answered in a step, and all that he reads then.
func (m *mirror) answered(t *testing.T, seed uint64, step int) string {
	t.Helper()
	answer := m.act(t, rand.New(rand.NewPCG(seed, uint64(step)+2)))
	return sameInBoth(text(t, answer) + m.everything(t, m.ben))
}
