package store_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/internal/sqlitefile"
)

// TestSchema1IsMigrated: a file that the program wrote before cards said whom
// they are for.
// Guarantees: P15
func TestSchema1IsMigrated(t *testing.T) {
	s := openFile(t, writtenBefore(t), store.Options{})
	users, err := s.Accounts(t.Context())
	if err != nil || len(users) != 2 {
		t.Fatalf("%d accounts, %v", len(users), err)
	}
	ada, ben := users[0], users[1]
	lists, err := s.Lists(t.Context(), ada.ID, gift.ListFilter{}, gift.Page{})
	if err != nil || len(lists.Items) != 3 {
		t.Fatalf("%d lists, %v", len(lists.Items), err)
	}
	for _, l := range lists.Items {
		board, err := s.ListItems(t.Context(), ada.ID, l.ID)
		if err != nil || len(board.Value) == 0 || len(board.Value) != l.ItemCount {
			t.Fatalf("%s: %d cards, %v", l.Name, len(board.Value), err)
		}
		want := []gift.PersonID{}
		if l.PersonID != nil {
			want = []gift.PersonID{*l.PersonID}
		}
		for _, card := range board.Value {
			if !slices.Equal(card.RecipientIDs, want) || card.Link != "" || card.RecipientIDs == nil {
				t.Errorf("%s on %s is for %v, want %v", card.Gift.Name, l.Name, card.RecipientIDs, want)
			}
		}
		if l.Name == "Shared" {
			checkKept(t, s, ben, board.Value)
		}
	}
}

// checkKept checks the cards of the file's shared list, and that they can be
// hidden and moved.
func checkKept(t *testing.T, s *store.Store, ben gift.User, board []gift.ListItem) {
	t.Helper()
	ball, kite := board[0], board[1]
	if ball.Gift.Name != "Ball" || kite.Status != gift.StatusPurchased || *kite.AssigneeID != ben.ID || kite.Notes != "red" ||
		*kite.Price != (gift.Money{Amount: 900, Currency: "EUR"}) || kite.Version != 2 || kite.Quantity != 1 || !kite.Surprise {
		t.Errorf("the board has %+v, %+v", ball, kite)
	}
	moved, err := s.MoveListItem(t.Context(), as(ben), ball.ID, gift.Move{Status: gift.StatusPurchased, Before: &kite.ID, Version: 1})
	if err != nil || moved.Position <= kite.Position {
		t.Errorf("moved behind the kite: %v, %v", moved, err)
	}
}

// writtenBefore is a file of schema 1.
func writtenBefore(t *testing.T) string {
	t.Helper()
	statements, err := os.ReadFile("testdata/schema-1.sql")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "gifts.db")
	db, err := sqlitefile.Open("", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), string(statements)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
