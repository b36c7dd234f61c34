package gift

import "strings"

// A rank is a key that places an item in its column: ranks sort bytewise, and
// between any two there is room for a third, so that a move writes one row.
// The midpoint of two keys follows David Greenspan's "Implementing Fractional
// Indexing" (observablehq.com/@dgreenspan/implementing-fractional-indexing);
// new ends are stepped instead of halved, so that a column that is only ever
// appended to keeps short keys.
//
// A rank is a fraction in base 62 without its leading "0."; it never ends with
// the digit 0, so that there is always room before it.

// Limits of ranks.
const (
	// MaxRankLength is the longest rank that a move may leave behind; a longer
	// one makes the store spread the whole column anew.
	MaxRankLength = 32
	// rankWidth is how many digits the stepped ends have, at most.
	rankWidth = 6
	// rankStep is the distance of a new end from the old one, in units of the
	// last of rankWidth digits: room for ten million ends on either side, and
	// for a dozen halvings between two of them before a key grows.
	rankStep = 62 * 62
)

const (
	rankDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	rankBase   = int64(len(rankDigits))
)

// rankSpan is how many ends there are: rankBase to the power of rankWidth.
var rankSpan = func() int64 {
	n := int64(1)
	for range rankWidth {
		n *= rankBase
	}
	return n
}()

// RankBetween returns a rank after a and before b; "" stands for the open end
// on either side. ok is false when there is no such rank, because a is not
// before b or one of them is no rank: then the column must be spread anew.
func RankBetween(a, b string) (rank string, ok bool) {
	if !isRankOrEnd(a) || !isRankOrEnd(b) || (b != "" && a >= b) {
		return "", false
	}
	switch {
	case a == "" && b == "":
		return rankOf(rankSpan / 2), true
	case b == "":
		if n := rankNumber(a) + rankStep; n < rankSpan {
			return rankOf(n), true
		}
	case a == "":
		if n := rankNumber(b) - rankStep; n > 0 {
			return rankOf(n), true
		}
	}
	return rankMiddle(a, b), true
}

// SpreadRanks returns n ranks in order, evenly spaced around the middle.
func SpreadRanks(n int) []string {
	ranks := make([]string, n)
	step := min(int64(rankStep), rankSpan/int64(n+1))
	first := rankSpan/2 - step*int64(n/2)
	for i := range ranks {
		ranks[i] = rankOf(first + step*int64(i))
	}
	return ranks
}

// rankMiddle halves the distance between two keys, a < b, or b open.
func rankMiddle(a, b string) string {
	var out strings.Builder
	for i := 0; ; i++ {
		low, high := int64(0), rankBase
		if i < len(a) {
			low = rankDigit(a[i])
		}
		if b != "" { // a < b, and b does not end with 0: it lasts until they part
			high = rankDigit(b[i])
		}
		switch {
		case low == high:
			out.WriteByte(rankDigits[low])
		case high-low > 1:
			out.WriteByte(rankDigits[(low+high)/2])
			return out.String()
		default: // neighbouring digits: stay at the lower, the rest is open above
			out.WriteByte(rankDigits[low])
			b = ""
		}
	}
}

// rankNumber reads the first rankWidth digits of a rank as a number.
func rankNumber(rank string) int64 {
	n := int64(0)
	for i := range rankWidth {
		n *= rankBase
		if i < len(rank) {
			n += rankDigit(rank[i])
		}
	}
	return n
}

// rankOf is the reverse of rankNumber, without needless zeros. n is not 0.
func rankOf(n int64) string {
	var digits [rankWidth]byte
	for i := rankWidth - 1; i >= 0; i-- {
		digits[i] = rankDigits[n%rankBase]
		n /= rankBase
	}
	return strings.TrimRight(string(digits[:]), "0")
}

func rankDigit(c byte) int64 { return int64(strings.IndexByte(rankDigits, c)) }

func isRankOrEnd(s string) bool {
	for i := range len(s) {
		if rankDigit(s[i]) < 0 {
			return false
		}
	}
	return s == "" || s[len(s)-1] != '0'
}
