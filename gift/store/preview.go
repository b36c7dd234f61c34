package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/familygifting/tidings/gift"
)

// InvitePreview implements [gift.AccountService].
func (s *Store) InvitePreview(ctx context.Context, by gift.UserID, person gift.PersonID) (out gift.InvitePreview, err error) {
	err = s.readers.do(ctx, func(tx Tx) error {
		if err := checkInviter(ctx, tx, by); err != nil {
			return err
		}
		if err := checkInvitable(ctx, tx, person); err != nil {
			return err
		}
		p, err := personByID(ctx, tx, person)
		if err != nil {
			return err
		}
		out, err = preview(ctx, tx, by, p.Person)
		return err
	})
	return out, err
}

// preview finds what a person would see and what not, as far as the inviter
// sees it.
func preview(ctx context.Context, tx Tx, by gift.UserID, p gift.Person) (gift.InvitePreview, error) {
	out := gift.InvitePreview{
		PersonID: p.ID, PersonName: p.Name, HiddenLists: []gift.PreviewList{}, WishLists: []gift.PreviewList{}, SeenBy: []gift.UserID{},
		HiddenCards: gift.PreviewCards{Cards: []gift.PreviewCard{}}, ShownCards: gift.PreviewCards{Cards: []gift.PreviewCard{}},
	}
	hidden, err := previewLists(ctx, tx, by, &out)
	if err != nil {
		return out, err
	}
	more, err := previewCards(ctx, tx, by, &out)
	if err != nil {
		return out, err
	}
	everybody, err := membersOf(ctx, tx)
	hidden = append(hidden, more...)
	for _, u := range everybody {
		if slices.ContainsFunc(hidden, func(i itemRow) bool { return i.accessFor(u.id, u.person) != gift.AccessNone }) {
			out.SeenBy = append(out.SeenBy, u.id)
		}
	}
	return out, err
}

// previewLists sorts the lists about the person, and returns the cards on them
// that will be hidden.
func previewLists(ctx context.Context, tx Tx, by gift.UserID, out *gift.InvitePreview) (hidden []itemRow, err error) {
	lists, err := all(ctx, tx, scanList, `SELECT `+listColumns+` FROM lists l JOIN users u ON u.id = $2
		WHERE l.person_id = $1 AND `+accessSQL+` = 'planner' ORDER BY l.created_at, l.id`, string(out.PersonID), string(by))
	if err != nil {
		return nil, fmt.Errorf("reading the lists about a person: %w", err)
	}
	for _, l := range lists {
		cards, err := all(ctx, tx, scanItem, itemsSeenSQL+` WHERE i.list_id = $1 AND `+cardAccessSQL+` = 'planner'`, string(l.ID), string(by))
		if err != nil {
			return nil, fmt.Errorf("reading the cards about a person: %w", err)
		}
		shown := gift.PreviewList{ID: l.ID, Name: l.Name}
		open := l.AccessFor("", &out.PersonID) == gift.AccessWisher
		for _, card := range cards {
			if card.Surprise {
				shown.Surprises++
			} else {
				shown.Wishes++
			}
			if card.Surprise || !open {
				hidden = append(hidden, card)
			}
		}
		if open {
			out.WishLists = append(out.WishLists, shown)
		} else {
			out.HiddenLists = append(out.HiddenLists, shown)
		}
	}
	return hidden, nil
}

// previewCards sorts the cards that concern the person on the lists that they
// will see, and returns those that will be hidden.
func previewCards(ctx context.Context, tx Tx, by gift.UserID, out *gift.InvitePreview) (hidden []itemRow, err error) {
	type named struct {
		itemRow
		listName string
	}
	scan := func(row scanner) (n named, err error) {
		targets, done := itemTargets(&n.itemRow)
		err = row.Scan(append(targets, &n.listName)...)
		done()
		return n, err
	}
	cards, err := all(ctx, tx, scan, `SELECT `+itemColumns+`, l.name FROM list_items i JOIN gifts g ON g.id = i.gift_id
		JOIN lists l ON l.id = i.list_id JOIN users u ON u.id = $2 LEFT JOIN users w ON FALSE
		WHERE l.person_id IS NULL AND l.visibility <> 'private' AND `+cardAccessSQL+` = 'planner'
		AND (NOT `+notForSQL("i", "$1")+` OR i.recipient_ids = '[]' AND instr(g.person_ids, $1) > 0)
		ORDER BY l.created_at, l.id, i.created_at, i.id`, string(out.PersonID), string(by))
	if err != nil {
		return nil, fmt.Errorf("reading the cards for a person: %w", err)
	}
	for _, card := range cards {
		shown := gift.PreviewCard{ID: card.ID, ListID: card.ListID, ListName: card.listName, GiftName: card.Gift.Name}
		if card.IsFor(&out.PersonID) {
			out.HiddenCards.Add(shown)
			hidden = append(hidden, card.itemRow)
		} else {
			out.ShownCards.Add(shown)
		}
	}
	return hidden, nil
}
