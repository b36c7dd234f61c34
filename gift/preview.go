package gift

// InvitePreview lists what the account of a person would see, and what not, as far as
// the reader sees it. A new account sees nothing from before it; an existing one may
// have seen more.
type InvitePreview struct {
	PersonID   PersonID `json:"person_id" readOnly:"true"`
	PersonName string   `json:"person_name" readOnly:"true"`
	// HiddenLists are about the person, who will not learn that they exist.
	HiddenLists []PreviewList `json:"hidden_lists" readOnly:"true" doc:"Lists about them that they will not learn of"`
	// WishLists are about the person, who will see their wishes alone.
	WishLists   []PreviewList `json:"wish_lists" readOnly:"true" doc:"Lists about them of which they will see the wishes, and no surprise"`
	HiddenCards PreviewCards  `json:"hidden_cards" readOnly:"true" doc:"Cards for them on other lists: they will see those lists, and not these cards"`
	ShownCards  PreviewCards  `json:"shown_cards" readOnly:"true" doc:"Cards for nobody in particular with a gift that would suit them: they will see these, until the cards say whom they are for"`
	SeenBy      []UserID      `json:"seen_by" readOnly:"true" doc:"The accounts that now see what will be hidden: a person who uses one may have seen it"`
}

// PreviewList is a list about the invited person.
type PreviewList struct {
	ID        ListID `json:"id" readOnly:"true"`
	Name      string `json:"name" readOnly:"true"`
	Wishes    int    `json:"wishes" readOnly:"true"`
	Surprises int    `json:"surprises" readOnly:"true"`
}

// PreviewCards are cards of lists about nobody in particular.
type PreviewCards struct {
	Count int           `json:"count" readOnly:"true"`
	Cards []PreviewCard `json:"cards" readOnly:"true" maxItems:"100" doc:"The first hundred of them"`
}

// PreviewCard is one of these.
type PreviewCard struct {
	ID       ItemID `json:"id" readOnly:"true"`
	ListID   ListID `json:"list_id" readOnly:"true"`
	ListName string `json:"list_name" readOnly:"true"`
	GiftName string `json:"gift_name" readOnly:"true"`
}

// Add counts a card, and names it among the first [MaxPreview].
func (p *PreviewCards) Add(card PreviewCard) {
	p.Count++
	if len(p.Cards) < MaxPreview {
		p.Cards = append(p.Cards, card)
	}
}
