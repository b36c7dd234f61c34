package gift_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/familygifting/tidings/gift"
)

const rankDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// anyRank is any text that is a rank: digits, the last of them not 0.
var anyRank = rapid.Custom(func(t *rapid.T) string {
	digits := rapid.StringOfN(rapid.RuneFrom([]rune(rankDigits)), 0, 12, -1).Draw(t, "digits")
	return digits + string(rapid.RuneFrom([]rune(rankDigits[1:])).Draw(t, "last"))
})

// between checks that there is a rank between two, and returns it.
func between(t interface{ Fatalf(string, ...any) }, low, high string) string {
	rank, ok := gift.RankBetween(low, high)
	switch {
	case !ok:
		t.Fatalf("no rank between %q and %q", low, high)
	case rank <= low || (high != "" && rank >= high):
		t.Fatalf("%q is not between %q and %q", rank, low, high)
	case strings.Trim(rank, rankDigits) != "" || strings.HasSuffix(rank, "0"):
		t.Fatalf("%q is no rank", rank)
	}
	return rank
}

func TestRankBetweenAnyTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low, high := anyRank.Draw(t, "low"), anyRank.Draw(t, "high")
		if low == high {
			return // there is nothing between equal ranks
		}
		if low > high {
			low, high = high, low
		}
		rank := between(t, low, high)
		between(t, low, rank)
		between(t, rank, high)
		between(t, "", low)
		between(t, high, "")
	})
}

func TestRankBetweenGrowsSlowly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low, high := between(t, "", ""), ""
		for n := range 100 {
			rank := between(t, low, high)
			// Halving costs a digit for each factor of 62, at worst.
			if limit := 8 + (n+1)/5; len(rank) > limit {
				t.Fatalf("after %d halvings %q has more than %d digits", n+1, rank, limit)
			}
			if rapid.Bool().Draw(t, "upper half") {
				low = rank
			} else {
				high = rank
			}
		}
	})
}

func TestRankAtTheEndsStaysShort(t *testing.T) {
	last, first := between(t, "", ""), between(t, "", "")
	for range 20_000 {
		last, first = between(t, last, ""), between(t, "", first)
	}
	if len(last) > 6 || len(first) > 6 {
		t.Fatalf("after 20,000 appends the ends are %q and %q", first, last)
	}
}

func TestRankAtTheVeryEnds(t *testing.T) {
	between(t, "zzzzzz", "")
	between(t, "zzzzzzzzzz", "")
	between(t, "", "000001")
	between(t, "", "0000000001")
	between(t, "A", "A0001")
	between(t, "zzzzz", "zzzzz1")
}

func TestRankBetweenRefuses(t *testing.T) {
	for _, c := range [][2]string{{"B", "A"}, {"A", "A"}, {"A0", "B"}, {"A", "B0"}, {"A-", "B"}, {"ä", ""}, {"0", ""}} {
		if rank, ok := gift.RankBetween(c[0], c[1]); ok {
			t.Errorf("between %q and %q: got %q, want a refusal", c[0], c[1], rank)
		}
	}
}

func TestSpreadRanks(t *testing.T) {
	for _, n := range []int{0, 1, 2, 100, 50_000} {
		ranks := gift.SpreadRanks(n)
		if len(ranks) != n || !slices.IsSorted(ranks) || len(slices.Compact(slices.Clone(ranks))) != n {
			t.Fatalf("%d ranks are not distinct and in order", n)
		}
		low := ""
		for _, rank := range append(ranks, "") {
			between(t, low, rank)
			low = rank
		}
	}
}
