// Package words finds words that docs/glossary.md asks to avoid, in the text of the
// repository.
package words

import (
	"fmt"
	"regexp"
	"strings"
)

// A Word is avoided, for one reason.
type Word struct {
	Pattern *regexp.Regexp
	// Instead is what to write.
	Instead string
}

// Avoided are the words. The patterns match within a line, in any case.
var Avoided = []Word{
	avoid(`\bwhoever\b`, `a noun: "a client that", "every user who"`),
	avoid(`\btells? whether\b`, `"reports whether"`),
	avoid(`\bsays? whether\b`, `"reports whether", or the fact itself`),
	avoid(`\b(for who (has|is|may|can)|(of|by|to) who (has|is))\b`, `a noun: "for clients with", "by users who may"`),
	avoid(`\bwhat (is|was) said\b`, `the thing that is sent, written or logged`),
	avoid(`\b(stands?|is|are) there twice\b`, `"duplicate"`),
	avoid(`\bnobody is told\b`, `the subject and what it does: "no session gets"`),
	avoid(`\bbehind (somebody|someone)'s back\b`, `what the others do not see`),
	avoid(`\btakes? (GET|POST) alone\b`, `"method not allowed: use POST"`),
}

func avoid(pattern, instead string) Word {
	return Word{regexp.MustCompile(`(?i)` + pattern), instead}
}

// An Exception allows the words in the files whose path begins with Prefix.
type Exception struct{ Prefix, Why string }

// Exceptions are the files where the words may be for now, or have to be.
var Exceptions = []Exception{
	{"test/words/", "it names the words"},
	{"docs/glossary.md", "it lists the words"},
	{"docs/adr/", "decisions stay as they were written"},
}

// A Finding is a word in a line of a file.
type Finding struct {
	File string
	Line int
	Text string
	Word Word
}

func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %q: write %s", f.File, f.Line, f.Text, f.Word.Instead)
}

// Find returns the words in a file's text.
func Find(file, text string) []Finding {
	var found []Finding
	number := 0
	for line := range strings.Lines(text) {
		number++
		for _, word := range Avoided {
			if m := word.Pattern.FindString(line); m != "" {
				found = append(found, Finding{file, number, m, word})
			}
		}
	}
	return found
}
