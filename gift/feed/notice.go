package feed

import "github.com/familygifting/tidings/gift"

// NoticeKind says what concerns a user.
type NoticeKind string

// The kinds of notices.
const (
	NoticeAssigned   NoticeKind = "assigned"    // you see to this item now
	NoticeUnassigned NoticeKind = "unassigned"  // you no longer see to it
	NoticeListShared NoticeKind = "list_shared" // you may see this list now
	NoticeListGone   NoticeKind = "list_gone"   // it is deleted, or no longer yours to see
)

// Notice is the payload on a user's own topic.
type Notice struct {
	Kind   NoticeKind  `json:"kind"`
	ListID gift.ListID `json:"list_id"`
	ItemID gift.ItemID `json:"item_id,omitempty"`
	// Text is the name of the gift or list, where the user may know it.
	Text string `json:"text,omitempty"`
}
