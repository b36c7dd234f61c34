package feed_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/feed"
)

// documented are the rows of the second table of docs/protocol.md.
var documented = map[string]gift.ChangeKind{
	"item or wish created":              gift.ItemCreated,
	"item moved or edited":              gift.ItemChanged,
	"gift of an item edited":            gift.ItemGiftChanged,
	"item deleted, or wish withdrawn":   gift.ItemDeleted,
	"gift created":                      gift.GiftCreated,
	"gift edited":                       gift.GiftChanged,
	"gift seen by others than before":   gift.GiftSightChanged,
	"gift that nobody sees any more":    gift.GiftGone,
	"list shared, hidden, made private": gift.ListAccessChanged,
	"list deleted":                      gift.ListDeleted,
}

// tableRows are the rows of the Markdown table whose head begins so.
func tableRows(t *testing.T, head string) [][]string {
	t.Helper()
	document, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(document), "\n| "+head+" |")
	if !found {
		t.Fatalf("docs/protocol.md has no table that begins with %q", head)
	}
	var rows [][]string
	for i, line := range strings.Split("| "+head+" |"+rest, "\n") {
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		if i != 1 { // the rule below the head
			rows = append(rows, cells)
		}
	}
	return rows
}

// TestDocumentedEvents: the table that people read is the table that runs.
func TestDocumentedEvents(t *testing.T) {
	event := regexp.MustCompile("`[A-Z_]+`")
	var have, should []string
	rows := tableRows(t, "Change")
	for _, row := range rows[1:] {
		kind, known := documented[row[0]]
		if !known {
			t.Fatalf("no change is called %q", row[0])
		}
		for i, cell := range row[1:] {
			for _, name := range event.FindAllString(cell, -1) {
				have = append(have, strings.Join([]string{string(kind), strings.Trim(rows[0][i+1], "`"), strings.Trim(name, "`")}, " "))
			}
		}
	}
	for _, r := range feed.Rules() {
		should = append(should, strings.Join([]string{string(r.Change), r.Topic, string(r.Event)}, " "))
	}
	slices.Sort(have)
	slices.Sort(should)
	if diff := cmp.Diff(should, have); diff != "" {
		t.Fatalf("docs/protocol.md (-code +document):\n%s", diff)
	}
}

// TestDocumentedTopics: every type of topic is in the document, and no other.
func TestDocumentedTopics(t *testing.T) {
	var have []string
	for _, row := range tableRows(t, "Topic")[1:] {
		kind, _, _ := strings.Cut(strings.Trim(row[0], "`"), ":")
		have = append(have, kind)
	}
	should := feed.TopicTypes()
	slices.Sort(have)
	slices.Sort(should)
	if diff := cmp.Diff(should, have); diff != "" {
		t.Fatalf("docs/protocol.md (-code +document):\n%s", diff)
	}
}
