package gift

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// Field is a member of a patch: absent, or set to a value (possibly null where
// T is a pointer). Its JSON is T's.
type Field[T any] struct {
	Set   bool
	Value T
}

// Set makes a field that is set.
func Set[T any](value T) Field[T] { return Field[T]{Set: true, Value: value} }

// IsZero lets the JSON option omitzero leave out what is not set.
func (f Field[T]) IsZero() bool { return !f.Set }

// MarshalJSON writes the value.
func (f Field[T]) MarshalJSON() ([]byte, error) { return json.Marshal(f.Value) }

// UnmarshalJSON sets the field. null is a value only where T is a pointer.
func (f *Field[T]) UnmarshalJSON(data []byte) error {
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) &&
		reflect.TypeFor[T]().Kind() != reflect.Pointer {
		return Errorf(EINVALID, "may not be null")
	}
	f.Set = true
	return json.Unmarshal(data, &f.Value)
}

// apply copies a set field to its target.
func apply[T any](f Field[T], to *T) {
	if f.Set {
		*to = f.Value
	}
}
