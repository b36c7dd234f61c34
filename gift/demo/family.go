package demo

import "github.com/familygifting/tidings/gift"

// household are the people without an account.
var household = []gift.PersonInput{
	{Name: "Mila", Relationship: "daughter", Interests: []string{"horses", "drawing", "detectives"},
		Sizes: map[string]string{"shoe": "33", "shirt": "134"}, Constraints: []string{"no peanuts"}, Color: "#a06a00"},
	{Name: "Theo", Relationship: "son", Birthdate: new(gift.Date("2021-06-30")), Interests: []string{"diggers", "building", "water"},
		Sizes: map[string]string{"shoe": "27", "shirt": "110"}, Color: "#4f7a28"},
	{Name: "Grandma Edith", Relationship: "grandmother", Birthdate: new(gift.Date("1955-11-08")), Anniversary: new(gift.Date("1979-05-19")),
		Interests: []string{"gardening", "choir", "crosswords"}, Color: "#8250b8"},
	{Name: "Grandpa Karl", Relationship: "grandfather", Birthdate: new(gift.Date("1952-02-21")), Anniversary: new(gift.Date("1979-05-19")),
		Interests: []string{"chess", "woodwork", "birds"}, Constraints: []string{"no sugar"}, Color: "#1f7a68"},
}

// sampleList is a list with what is on it.
type sampleList struct {
	name, description string
	kind              gift.ListType
	owner             string
	// about is whom it is about, "" for several.
	about string
	// planner adds the cards, where that is not the owner.
	planner  string
	birthday bool
	wishes   []gift.GiftInput
	cards    []card
}

// card is a gift with what its planners did about it.
type card struct {
	gift gift.GiftInput
	// forWhom are whom it is for, on a list about several.
	forWhom []string
	status  gift.Status
	buyer   string
	notes   string
	paid    *gift.Money
}

// christmasBoard is the list to look at first: a dozen and more gifts, in every
// column.
var christmasBoard = sampleList{
	name: "Christmas presents", kind: gift.ListAssigned, owner: "Clara",
	description: "For the children and the grandparents. Who buys what, and what is under the bed already.",
	cards: []card{
		{gift: gift.GiftInput{Name: "Beginner's telescope", Price: cents(11900), Description: "For Mila: 70 mm, with a moon filter.", ImageURL: telescope}, forWhom: []string{"Mila"}, status: gift.StatusIdea},
		{gift: gift.GiftInput{Name: "Wooden train set", Price: cents(6499), SalePrice: cents(5499), URL: "https://example.org/train-set", ImageURL: train}, forWhom: []string{"Theo"}, status: gift.StatusIdea},
		{gift: gift.GiftInput{Name: "Bird feeder", Price: cents(3490), Source: "Garden centre", ImageURL: feeder}, forWhom: []string{"Grandpa Karl"}, status: gift.StatusIdea, buyer: "Jonas"},
		{gift: gift.GiftInput{Name: "Board game for rainy days", Price: cents(3299), ImageURL: boardGame}, forWhom: []string{"Mila", "Theo"}, status: gift.StatusIdea},
		{gift: gift.GiftInput{Name: "Hot chocolate set", Price: cents(2450), Priority: gift.PriorityLow, ImageURL: chocolate}, status: gift.StatusIdea},
		{gift: gift.GiftInput{Name: "Choir concert, two tickets", Price: cents(5600), Priority: gift.PriorityHigh, ImageURL: tickets}, forWhom: []string{"Grandma Edith"}, status: gift.StatusSelected, buyer: "Clara", notes: "Sunday, 20th; row five or better."},
		{gift: gift.GiftInput{Name: "Sand digger", Price: cents(7900), SalePrice: cents(6400), Priority: gift.PriorityHigh, ImageURL: digger}, forWhom: []string{"Theo"}, status: gift.StatusSelected, buyer: "Jonas"},
		{gift: gift.GiftInput{Name: "Drawing easel", Price: cents(5490), ImageURL: easel}, forWhom: []string{"Mila"}, status: gift.StatusSelected, buyer: "Clara"},
		{gift: gift.GiftInput{Name: "Raised bed planter", Price: cents(11900), Notes: "Larch wood, 120 cm; comes flat.", ImageURL: planter}, forWhom: []string{"Grandma Edith"}, status: gift.StatusSelected, buyer: "Jonas"},
		{gift: gift.GiftInput{Name: "Secateurs", Price: cents(4490), Source: "Garden centre", ImageURL: secateurs}, forWhom: []string{"Grandma Edith"}, status: gift.StatusPurchased, buyer: "Jonas", paid: cents(3990)},
		{gift: gift.GiftInput{Name: "Marble run, starter set", Price: cents(6499), URL: "https://example.org/marble-run", ImageURL: marbleRun}, forWhom: []string{"Theo"}, status: gift.StatusPurchased, buyer: "Clara", paid: cents(6499)},
		{gift: gift.GiftInput{Name: "Fairy tales, three volumes", Price: cents(2995), ImageURL: storybooks}, forWhom: []string{"Mila", "Theo"}, status: gift.StatusPurchased, buyer: "Clara", notes: "The illustrated edition."},
		{gift: gift.GiftInput{Name: "Wool blanket", Price: cents(7900), ImageURL: blanket}, forWhom: []string{"Grandma Edith", "Grandpa Karl"}, status: gift.StatusPurchased, buyer: "Jonas", paid: cents(5900), notes: "In the attic, behind the skis."},
		{gift: gift.GiftInput{Name: "Rain boots, size 27", Price: cents(2799), ImageURL: boots}, forWhom: []string{"Theo"}, status: gift.StatusReceived, buyer: "Clara", paid: cents(2299)},
		{gift: gift.GiftInput{Name: "Puzzle, 1000 pieces", Price: cents(1799), ImageURL: puzzle}, forWhom: []string{"Grandpa Karl"}, status: gift.StatusReceived, buyer: "Jonas", paid: cents(1799)},
	},
}

var sampleLists = []sampleList{
	christmasBoard,
	{
		name: "Ideas for Theo", kind: gift.ListIdeas, owner: "Clara", about: "Theo",
		description: "He says: anything with wheels.",
		cards: []card{
			{gift: gift.GiftInput{Name: "Balance bike bell", Price: cents(1250), Priority: gift.PriorityLow}, status: gift.StatusIdea},
			{gift: gift.GiftInput{Name: "Fire engine with a hose", Price: cents(3999), URL: "https://example.org/fire-engine"}, status: gift.StatusIdea},
			{gift: gift.GiftInput{Name: "Water table", Price: cents(8900), SalePrice: cents(6900)}, status: gift.StatusSelected, buyer: "Jonas"},
		},
	},
	{
		name: "Mila turns nine", kind: gift.ListIdeas, owner: "Clara", about: "Mila", birthday: true,
		description: "Grandma and Grandpa take part too.",
		cards: []card{
			{gift: gift.GiftInput{Name: "Detective kit", Price: cents(2495), Notes: "The one with the fingerprint powder."}, status: gift.StatusIdea},
			{gift: gift.GiftInput{Name: "Watercolour pencils, 36", Price: cents(3190)}, status: gift.StatusIdea},
			{gift: gift.GiftInput{Name: "Riding lesson, five times", Price: cents(12500), Priority: gift.PriorityHigh}, status: gift.StatusSelected, buyer: "Clara", notes: "Ask the stable about Saturdays."},
			{gift: gift.GiftInput{Name: "Walkie-talkies", Price: cents(3999), SalePrice: cents(3499)}, status: gift.StatusPurchased, buyer: "Jonas", paid: cents(3499)},
			{gift: gift.GiftInput{Name: "Bicycle helmet, size S", Price: cents(4995)}, status: gift.StatusReceived, buyer: "Jonas", paid: cents(4995)},
		},
	},
	{
		name: "Clara's wishlist", kind: gift.ListWishlist, owner: "Clara", about: "Clara", planner: "Jonas",
		description: "Small things make me happy.",
		wishes: []gift.GiftInput{
			{Name: "Climbing shoes, 39", Price: cents(12900), URL: "https://example.org/climbing-shoes"},
			{Name: "Hand coffee grinder", Price: cents(8900), Priority: gift.PriorityHigh},
			{Name: "A new crime novel", Price: cents(1800), Notes: "Anything set on an island."},
		},
		cards: []card{
			{gift: gift.GiftInput{Name: "Pottery course for two", Price: cents(14800), Priority: gift.PriorityHigh}, status: gift.StatusSelected, buyer: "Jonas", notes: "Studio on Mill Street, Thursdays."},
		},
	},
	{
		name: "Surprise for Jonas", kind: gift.ListIdeas, owner: "Clara", about: "Jonas",
		description: "He must not see this list, and does not.",
		cards: []card{
			{gift: gift.GiftInput{Name: "Rain jacket", Price: cents(17900), SalePrice: cents(13900)}, status: gift.StatusIdea, notes: "Dark green, L."},
			{gift: gift.GiftInput{Name: "Cast-iron bread pot", Price: cents(9900), Priority: gift.PriorityHigh}, status: gift.StatusPurchased, buyer: "Clara", paid: cents(8400), notes: "Hidden behind the skis."},
		},
	},
}
