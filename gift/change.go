package gift

import "time"

// ChangeKind says what a mutation did to one thing.
type ChangeKind string

// The kinds of changes that others hear of.
const (
	// ItemCreated: After, and Wish.After if it is one.
	ItemCreated ChangeKind = "item_created"
	// ItemChanged: the item's own fields, place or status; Before and After.
	ItemChanged ChangeKind = "item_changed"
	// ItemGiftChanged: the gift it holds changed; Before and After.
	ItemGiftChanged ChangeKind = "item_gift_changed"
	// ItemDeleted: Before.
	ItemDeleted ChangeKind = "item_deleted"
	// GiftCreated, GiftChanged and GiftGone: the gift alone, whatever holds it.
	GiftCreated ChangeKind = "gift_created"
	GiftChanged ChangeKind = "gift_changed"
	GiftGone    ChangeKind = "gift_gone"
	// GiftSightChanged: other accounts see the gift than before, which itself is as
	// it was; Before and After are the same.
	GiftSightChanged ChangeKind = "gift_sight_changed"
	// ListAccessChanged: a field that decides access to a list changed, even if no
	// present account gains or loses it.
	ListAccessChanged ChangeKind = "list_access_changed"
	// ListDeleted comes behind the ItemDeleted of each of its items.
	ListDeleted ChangeKind = "list_deleted"
	// AccountJoined: a new account, linked to a person who may have been planned
	// for before. What others see stays as it was.
	AccountJoined ChangeKind = "account_joined"
)

// Change is one thing that a mutation did, as storage tells its hook in the
// same transaction. Only the members that its kind names are set.
type Change struct {
	Kind ChangeKind
	Call Call
	At   time.Time
	Item *ItemChange
	Gift *GiftChange
	List *ListChange
	// Account is set for AccountJoined.
	Account *AccountChange
}

// ItemChange is an item before and after, as planners see it, and as a wish,
// where it is one.
type ItemChange struct {
	Before, After         *ListItem
	WishBefore, WishAfter *Wish
	// Wisher is the account of the person the list is about, "" if there is none.
	Wisher UserID
	// Shared is whether the list is about nobody in particular. Then SeenBefore
	// and SeenAfter are the accounts that could see the card, and that see it now,
	// sorted: those who plan the list and are none of its recipients.
	Shared                bool
	SeenBefore, SeenAfter []UserID
	// Elsewhere are, on a shared list, the accounts that find the gift there by
	// another card, too: for them it neither comes nor goes with this one. It is
	// set where SeenBefore and SeenAfter differ.
	Elsewhere []UserID
	// Assigned and Unassigned are planners who got or lost the item; "" if none.
	Assigned, Unassigned UserID
}

// GiftChange is a gift before and after, and the accounts that could see it and
// that see it now, sorted.
type GiftChange struct {
	Before, After         *Gift
	SeenBefore, SeenAfter []UserID
}

// AccountChange is what a new account sees on the day it joins, and no more:
// nothing that happened before is for it.
type AccountChange struct {
	User   UserID
	Person PersonID
	// Lists are all lists that it sees, by id.
	Lists []AccountList
	// Gifts are all gifts that it sees, by id.
	Gifts []GiftID
}

// AccountList is a list that an account sees.
type AccountList struct {
	ID     ListID
	Access Access
	// Shared is whether the list is about nobody in particular.
	Shared bool
}

// ListChange says who gained and who lost a list, or a part of it.
type ListChange struct {
	ID ListID
	// Name is what it is called now.
	Name string
	// Gained and Lost name the users who see it now and did not, and the reverse.
	Gained, Lost []UserID
	// Demoted still see the list, but less of it.
	Demoted []UserID
	// SharedBefore and SharedAfter are whether the list was, and is, about nobody
	// in particular.
	SharedBefore, SharedAfter bool
	// PlannersBefore and PlannersAfter, ReadersBefore and ReadersAfter are the
	// accounts that could and can see its board, and its wishes; sorted.
	PlannersBefore, PlannersAfter []UserID
	ReadersBefore, ReadersAfter   []UserID
	// Gifts are what stands on the list whose access changed.
	Gifts []GiftID
}

// ScopeKind says what a positioned read covers.
type ScopeKind string

// The collections and things that are read with a position.
const (
	ScopeBoard  ScopeKind = "board"  // the items of a list
	ScopeWishes ScopeKind = "wishes" // the wishes of a list
	ScopeGifts  ScopeKind = "gifts"  // the gifts of a list
	ScopeGift   ScopeKind = "gift"   // one gift
)

// Scope names what a read covers.
type Scope struct {
	Kind ScopeKind
	// ID is a ListID, or for ScopeGift a GiftID.
	ID string
	// Reader is the account that reads.
	Reader UserID
	// Shared is whether the list is about nobody in particular.
	Shared bool
}
