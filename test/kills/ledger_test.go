package kills

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
)

// ledger knows of every mark who must not get it, and if it is committed. A mark is
// a number in the payload of one change.
type ledger struct {
	mu    sync.Mutex
	marks []mark
}

// mark is what the ledger knows of one.
type mark struct {
	topic string
	// hidden names a reader who must not get it, if any.
	hidden string
	// committed says that the program has acknowledged it. Where it has not, the
	// change may be there or not.
	committed bool
}

var markText = regexp.MustCompile(`mark-(\d+)\.`)

// text is how a mark is written.
func text(number int) string { return fmt.Sprintf("mark-%d.", number) }

// issue enters a new mark.
func (l *ledger) issue(topic, hidden string) (number int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.marks = append(l.marks, mark{topic: topic, hidden: hidden})
	return len(l.marks) - 1
}

// commit notes that the program has acknowledged the marks.
func (l *ledger) commit(numbers ...int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range numbers {
		l.marks[n].committed = true
	}
}

// marksIn returns the marks in a text.
func marksIn(text string) (numbers []int) {
	for _, found := range markText.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(found[1]) // it is digits
		numbers = append(numbers, n)
	}
	return numbers
}

// leaks returns what a reader got that was not for them.
func (l *ledger) leaks(r *reader) (wrong []string) {
	for _, e := range r.record() {
		for _, n := range marksIn(e.text) {
			if l.marks[n].hidden == r.name {
				wrong = append(wrong, fmt.Sprintf("%s got what was hidden from them: %s", r.name, e.text))
			}
		}
	}
	return wrong
}

// losses returns what a reader lacks, or has twice or out of order, of the topics
// that they could read all the time.
func (l *ledger) losses(r *reader) (wrong []string) {
	got := map[string][]int{}
	for _, e := range r.record() {
		got[e.asked] = append(got[e.asked], marksIn(e.text)...)
	}
	for topic, numbers := range got {
		if !slices.IsSorted(numbers) || len(slices.Compact(slices.Clone(numbers))) != len(numbers) {
			wrong = append(wrong, fmt.Sprintf("%s got the marks of %s out of order, or twice: %v", r.name, topic, numbers))
		}
	}
	for n, m := range l.marks {
		if m.committed && slices.Contains(r.topics, m.topic) && !slices.Contains(got[m.topic], n) {
			wrong = append(wrong, fmt.Sprintf("%s never got mark %d of %s, which was acknowledged", r.name, n, m.topic))
		}
	}
	return wrong
}

// count returns how many marks were acknowledged, and how many of them were hidden
// from somebody.
func (l *ledger) count() (hidden, committed int) {
	for _, m := range l.marks {
		if m.committed {
			committed++
			if m.hidden != "" {
				hidden++
			}
		}
	}
	return hidden, committed
}
