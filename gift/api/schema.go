package api

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/yaml"
)

const schemaPrefix = "#/components/schemas/"

// nullableRef marks a reference that may be null. huma validates an absent or
// null optional member by itself, and would lose the name of a wrong field
// inside an anyOf; so the mark is replaced by one only in the document.
const nullableRef = "x-nullable"

// setUpHuma adjusts huma's package variables to this API, once.
var setUpHuma = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true
	speakPlainly()
	huma.NewErrorWithContext = humaProblem
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return humaProblem(nil, status, msg, errs...)
	}
})

// newRegistry returns a registry that knows the patches' fields by their values.
func newRegistry(patches ...reflect.Type) huma.Registry {
	r := huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer)
	for _, patch := range patches {
		for f := range patch.Fields() {
			if value, ok := f.Type.FieldByName("Value"); ok {
				r.RegisterTypeAlias(f.Type, value.Type)
			}
		}
	}
	return r
}

// markNullable marks the members that are references and may be null.
func markNullable(r huma.Registry) {
	for name, schema := range r.Map() {
		t := r.TypeFromRef(schemaPrefix + name)
		for _, f := range reflect.VisibleFields(t) {
			member, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			prop := schema.Properties[member]
			if prop == nil || prop.Ref == "" || strings.Contains(options, "omitempty") {
				continue
			}
			if isNullable(f.Type) {
				prop.Extensions = map[string]any{nullableRef: true}
			}
		}
	}
}

// isNullable reports whether null is a value of a member of type t.
func isNullable(t reflect.Type) bool {
	if value, ok := patchField(t); ok {
		t = value
	}
	return t.Kind() == reflect.Pointer
}

// patchField returns T for a gift.Field[T].
func patchField(t reflect.Type) (reflect.Type, bool) {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return nil, false
	}
	f, ok := t.FieldByName("Value")
	if _, hasSet := t.FieldByName("Set"); !ok || !hasSet {
		return nil, false
	}
	return f.Type, true
}

// document renders the OpenAPI document, the same bytes every time.
func document(o *huma.OpenAPI) ([]byte, error) {
	raw, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil, err
	}
	out, err := json.MarshalIndent(expandNullable(tree), "", "  ")
	return append(out, '\n'), err
}

// toYAML renders a JSON document as YAML.
func toYAML(doc []byte) ([]byte, error) {
	var out bytes.Buffer
	err := yaml.Convert(&out, bytes.NewReader(doc))
	return out.Bytes(), err
}

// expandNullable replaces the marks of [markNullable] by what JSON Schema says.
func expandNullable(node any) any {
	switch node := node.(type) {
	case map[string]any:
		for key, child := range node {
			node[key] = expandNullable(child)
		}
		if _, marked := node[nullableRef]; marked {
			ref := node["$ref"]
			delete(node, nullableRef)
			delete(node, "$ref")
			node["anyOf"] = []any{map[string]any{"$ref": ref}, map[string]any{"type": "null"}}
		}
	case []any:
		for i, child := range node {
			node[i] = expandNullable(child)
		}
	}
	return node
}
