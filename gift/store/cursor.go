package store

import (
	"encoding/base64"
	"encoding/json"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/internal/strictjson"
)

// cursor is where a page ended: the sort key and the id of its last element.
type cursor[K any] struct {
	Key K      `json:"k"`
	ID  string `json:"i"`
}

func (c cursor[K]) String() string {
	b, _ := json.Marshal(c) // keys are texts and numbers: never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// parseCursor reads a cursor; first stands for the beginning.
func parseCursor[K any](s string, first cursor[K]) (cursor[K], error) {
	if s == "" {
		return first, nil
	}
	var c cursor[K]
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = strictjson.Unmarshal(b, &c)
	}
	if err != nil {
		return c, gift.Invalid("cursor", "must be the next_cursor of the page before")
	}
	return c, nil
}

// pageOf cuts off the element that was read beyond the page, if it is there,
// and says where the next page begins.
func pageOf[T any](items []T, size int, at func(T) string) gift.PageOf[T] {
	if len(items) <= size {
		return gift.PageOf[T]{Items: items}
	}
	return gift.PageOf[T]{Items: items[:size], NextCursor: at(items[size-1])}
}
