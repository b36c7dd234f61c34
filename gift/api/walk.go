package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/familygifting/tidings/gift"
)

// checkMembers refuses what would be read as something else than was meant: a
// member that is there twice, of which the last would count, and a number that
// is not written as an integer, as all numbers here are. What is not JSON at all
// is found by whoever reads it.
func checkMembers(body []byte) *Problem {
	w := newWalker(body)
	for w.step() {
		switch n, isNumber := w.token.(json.Number); {
		case w.again:
			return misplaced(w.place(), "is there twice, and may be there once")
		case isNumber && strings.ContainsAny(string(n), ".eE"):
			return misplaced(w.place(), "must be a whole number, in digits alone")
		}
		w.settle()
	}
	return nil
}

// misplaced blames a place in the body.
func misplaced(place, what string) *Problem {
	p := newProblem(gift.EINVALID, place+": "+what)
	p.Errors = []Detail{{Location: place, Message: what}}
	return p
}

// walker goes through a body, token by token, and knows where it is.
type walker struct {
	decoder *json.Decoder
	token   json.Token
	// isKey says that the token is a member's name, again that the object has
	// had that name before.
	isKey, again bool
	// levels are what the place is inside of; the outermost is the body itself.
	levels []level
}

// level is an object or an array.
type level struct {
	array bool
	// index counts the elements of an array.
	index int
	// names are the members of an object so far. key is the latest, if its value
	// has not ended.
	names  map[string]bool
	key    string
	hasKey bool
}

func newWalker(body []byte) *walker {
	w := &walker{decoder: json.NewDecoder(bytes.NewReader(body)), levels: make([]level, 1, 4)}
	w.decoder.UseNumber()
	return w
}

// step reads a token, and returns false where there is none. [walker.settle]
// belongs between two steps.
func (w *walker) step() bool {
	var err error
	if w.token, err = w.decoder.Token(); err != nil {
		return false
	}
	top := &w.levels[len(w.levels)-1]
	key, isText := w.token.(string)
	if w.isKey = isText && len(w.levels) > 1 && !top.array && !top.hasKey; w.isKey {
		w.again = top.names[key]
		top.names[key] = true
		top.key, top.hasKey = key, true
	}
	return true
}

// settle goes behind the token.
func (w *walker) settle() {
	switch w.token {
	case json.Delim('{'):
		w.levels = append(w.levels, level{names: map[string]bool{}})
		return
	case json.Delim('['):
		w.levels = append(w.levels, level{array: true})
		return
	case json.Delim('}'), json.Delim(']'):
		w.levels = w.levels[:len(w.levels)-1]
	}
	if !w.isKey { // a value has ended
		top := &w.levels[len(w.levels)-1]
		top.index, top.hasKey = top.index+1, false
	}
}

// place names the field, such as body.additional_links[1].label.
func (w *walker) place() string {
	place := strings.Builder{}
	place.WriteString("body")
	for _, l := range w.levels[1:] {
		switch {
		case l.array:
			fmt.Fprintf(&place, "[%d]", l.index)
		case l.hasKey:
			place.WriteString("." + l.key)
		}
	}
	return place.String()
}
