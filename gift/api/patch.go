package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
)

// patch is the body of a PATCH: the patch P of an entity E. A client may send
// back the whole entity it got: members that it cannot change are accepted.
type patch[P, E any] struct {
	Value P
	// ID is the body's own id; it must be the path's.
	ID *string
	// nulls are members that were sent as null and have no such value.
	nulls []string
}

// UnmarshalJSON reads what huma found to match the schema. With a null in the
// wrong place it reads nothing: Resolve refuses the request.
func (p *patch[P, E]) UnmarshalJSON(data []byte) error {
	if err := p.findNulls(data); err != nil || len(p.nulls) > 0 {
		return err
	}
	var own struct {
		ID *string `json:"id"`
	}
	if err := json.Unmarshal(data, &own); err != nil {
		return err
	}
	p.ID = own.ID
	return json.Unmarshal(data, &p.Value)
}

// findNulls notes the members that are null though they have no such value.
func (p *patch[P, E]) findNulls(data []byte) error {
	if !bytes.Contains(data, []byte("null")) {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	for f := range reflect.TypeFor[P]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if string(members[name]) == "null" && !isNullable(f.Type) {
			p.nulls = append(p.nulls, name)
		}
	}
	return nil
}

// Resolve implements huma.ResolverWithPath: it refuses the nulls.
func (p *patch[P, E]) Resolve(_ huma.Context, prefix *huma.PathBuffer) []error {
	var errs []error
	for _, name := range p.nulls {
		errs = append(errs, &huma.ErrorDetail{Location: prefix.With(name), Message: "may not be null"})
	}
	return errs
}

// Schema implements huma.SchemaProvider: every member of P, none required, and
// the other members of E as read-only.
func (p *patch[P, E]) Schema(r huma.Registry) *huma.Schema {
	ref := r.Schema(reflect.TypeFor[P](), true, "")
	schema := r.SchemaFromRef(ref.Ref)
	entity := r.Schema(reflect.TypeFor[E](), false, "")
	schema.Required = nil
	for _, name := range slices.Sorted(maps.Keys(entity.Properties)) {
		if _, own := schema.Properties[name]; own {
			continue
		}
		member := *entity.Properties[name]
		if member.Ref != "" { // what is passed over is not looked into
			member = huma.Schema{Description: "As it was read; passed over"}
		}
		member.ReadOnly = true
		schema.Properties[name] = &member
	}
	schema.PrecomputeMessages()
	return ref
}

// check compares the body's id with the path's.
func (p *patch[P, E]) check(id string) error {
	if p.ID != nil && *p.ID != id {
		return gift.Invalid("id", "the body's id is not the one in the path")
	}
	return nil
}
