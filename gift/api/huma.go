package api

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/internal/strictjson"
)

// This file holds all in which this API differs from huma's defaults:
//
//   - errors are a [Problem], in the words of this API ([API.toProblem], wordings);
//   - a member of a body has exactly the name that the schema has (wrongCase);
//   - arrays are never null, references may be ([adjustSchemas]);
//   - the fields of a patch have the schemas of their values ([newRegistry]).
//
// huma has package variables for most of this. They belong to the whole process, so
// that another API in it would be changed too. Nothing here writes one of them.

const schemaPrefix = "#/components/schemas/"

// newRegistry returns a registry that describes huma's errors as a [Problem], and the
// fields of patches by their values.
func newRegistry(patches ...reflect.Type) huma.Registry {
	r := huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer)
	r.RegisterTypeAlias(reflect.TypeOf(huma.NewError(0, "")).Elem(), reflect.TypeFor[Problem]())
	for _, patch := range patches {
		for f := range patch.Fields() {
			if value, ok := f.Type.FieldByName("Value"); ok {
				r.RegisterTypeAlias(f.Type, value.Type)
			}
		}
	}
	return r
}

// adjustSchemas adjusts the schemas of all operations, once they are registered.
func adjustSchemas(o *huma.OpenAPI) {
	for _, schema := range o.Components.Schemas.Map() {
		forbidNullArrays(schema)
	}
	for _, path := range o.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post, path.Patch, path.Delete} {
			if op != nil {
				forbidNullArraysOf(op)
			}
		}
	}
	markNullable(o.Components.Schemas)
}

func forbidNullArraysOf(op *huma.Operation) {
	for _, param := range op.Parameters {
		forbidNullArrays(param.Schema)
	}
	if op.RequestBody != nil {
		forbidNullArraysIn(op.RequestBody.Content)
	}
	for _, response := range op.Responses {
		forbidNullArraysIn(response.Content)
	}
}

func forbidNullArraysIn(content map[string]*huma.MediaType) {
	for _, media := range content {
		forbidNullArrays(media.Schema)
	}
}

// forbidNullArrays takes null from the values of a schema that is an array, and of
// what the schema holds.
func forbidNullArrays(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	forbidNullArrays(s.Items)
	for _, member := range s.Properties {
		forbidNullArrays(member)
	}
	for _, choice := range s.OneOf {
		forbidNullArrays(choice)
	}
}

// nullableRef marks a reference that may be null. huma validates an absent or
// null optional member by itself, and would lose the name of a wrong field
// inside an anyOf; so the mark is replaced by one only in the document.
const nullableRef = "x-nullable"

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

// wrongCase returns a [Problem] for the first member of a value whose name differs
// from the schema's in case alone: huma would accept it. The value has passed
// [strictjson.Check]; place is its name.
func wrongCase(r huma.Registry, s *huma.Schema, value []byte, place string) error {
	for s.Ref != "" {
		s = r.SchemaFromRef(s.Ref)
	}
	isObject, err := strictjson.Members(value, func(name string, member []byte) error {
		if prop, ok := s.Properties[name]; ok {
			return wrongCase(r, prop, member, place+"."+name)
		}
		for known := range s.Properties {
			if strings.EqualFold(known, name) {
				return fieldProblem(place+"."+name, fmt.Sprintf("%s: did you mean %q?", unknownField, known))
			}
		}
		return nil // huma refuses it
	})
	if isObject || s.Items == nil {
		return err
	}
	_, err = strictjson.Elements(value, func(i int, element []byte) error {
		return wrongCase(r, s.Items, element, fmt.Sprintf("%s[%d]", place, i))
	})
	return err
}

// codeOfStatus names the code of an error of huma's, which only has a status.
var codeOfStatus = map[int]gift.ErrorCode{
	http.StatusBadRequest:            codeMalformed,
	http.StatusRequestEntityTooLarge: codeTooLarge,
	http.StatusUnsupportedMediaType:  codeMediaType,
	http.StatusUnprocessableEntity:   gift.EINVALID,
}

// toProblem is a huma.Transformer: it turns the errors that huma finds itself into
// problems, and leaves all other answers as they are.
func (a *API) toProblem(ctx huma.Context, _ string, v any) (any, error) {
	found, ok := v.(huma.StatusError)
	if _, isOurs := v.(*Problem); !ok || isOurs {
		return v, nil
	}
	var details []*huma.ErrorDetail
	if model, ok := v.(*huma.ErrorModel); ok {
		details = model.Errors
	}
	if found.GetStatus() == http.StatusInternalServerError {
		return internal(ctx.Context(), fmt.Errorf("%w: %v", found, details)), nil
	}
	code, ok := codeOfStatus[found.GetStatus()]
	if !ok {
		code = codeMalformed
	}
	p := newProblem(code, found.Error())
	p.Status, p.Title = found.GetStatus(), http.StatusText(found.GetStatus())
	for _, d := range details[:min(len(details), maxErrors)] {
		p.Errors = append(p.Errors, a.wordings.detail(d))
	}
	if len(p.Errors) > 0 {
		p.Detail = p.Errors[0].Location + ": " + p.Errors[0].Message
	}
	ctx.SetHeader("Content-Type", p.ContentType(""))
	return p, nil
}

// Messages about an unknown member or parameter, a missing one, and a duplicate.
const (
	unknownField     = "unknown field"
	unknownParameter = "unknown parameter"
	isMissing        = "is missing"

	duplicateParameter = "duplicate parameter: give it once"
)

// wordings replaces huma's messages by parts of a sentence, as the domain's errors
// are: people read them under the field that they are about.
type wordings []wording

// wording replaces a message that matches; $1 in words is what its first verb stood for.
type wording struct {
	message *regexp.Regexp
	words   string
}

// newWordings returns the wordings; of two for the same message, the first counts.
func newWordings() wordings {
	var w wordings
	for _, pair := range [][2]string{
		{fmt.Sprintf(validation.MsgExpectedMinLength, 1), "may not be empty"},
		{fmt.Sprintf(validation.MsgExpectedMinimumNumber, 0.0), "may not be negative"},
		{fmt.Sprintf(validation.MsgExpectedMaximumNumber, float64(gift.MaxAmount)), gift.TooMuch},
		{validation.MsgUnexpectedProperty, unknownField},
		{"unknown query parameter", unknownParameter},
		{"required %s parameter is missing", isMissing},
		{validation.MsgExpectedRequiredProperty, isMissing + ": $1"}, // [wordings.detail] moves the name
		{validation.MsgExpectedRFC3339DateTime, "must be a time, such as 2026-12-24T18:00:00Z"},
		{validation.MsgExpectedRFC3339Date, "must be a real day as YYYY-MM-DD"},
		{validation.MsgExpectedBoolean, "must be true or false"},
		{validation.MsgExpectedNumber, "must be a number"},
		{validation.MsgExpectedInteger, "must be a whole number"},
		{"invalid integer", "must be a whole number"},
		{validation.MsgExpectedString, "must be text"},
		{validation.MsgExpectedArray, "must be a JSON array"},
		{validation.MsgExpectedObject, "must be a JSON object"},
		{validation.MsgExpectedOneOf, `must be one of "$1"`},
		{validation.MsgExpectedMinimumNumber, "must be at least $1"},
		{validation.MsgExpectedMaximumNumber, "may be at most $1"},
		{validation.MsgExpectedMinLength, "must have at least $1 characters"},
		{validation.MsgExpectedMaxLength, "may have at most $1 characters"},
		{validation.MsgExpectedMinItems, "must have at least $1 elements"},
		{validation.MsgExpectedMaxItems, "may have at most $1 elements"},
		{validation.MsgExpectedBePattern, "must be $1"},
		{validation.MsgExpectedMatchPattern, "must match the pattern $1"},
		{validation.MsgExpectedArrayItemsUnique, "may not hold anything twice"},
	} {
		message := verb.ReplaceAllString(regexp.QuoteMeta(pair[0]), "(.*)")
		w = append(w, wording{regexp.MustCompile("^(?s)" + message + "$"), pair[1]})
	}
	return w
}

// verb is a verb of a format string.
var verb = regexp.MustCompile("%[dsv]")

// detail says what huma found.
func (w wordings) detail(d *huma.ErrorDetail) Detail {
	if d.Location == "" { // an error that is none of huma's own
		return Detail{Location: "body", Message: strictjson.Clip(d.Message, maxMessage)}
	}
	message := w.say(d.Message)
	if name, ok := strings.CutPrefix(message, isMissing+": "); ok {
		return Detail{Location: clipPlace(d.Location + "." + name), Message: isMissing}
	}
	detail := Detail{Location: clipPlace(d.Location), Message: strictjson.Clip(message, maxMessage)}
	if message != isMissing && message != unknownParameter {
		detail.Value = echo(d.Location, d.Value)
	}
	return detail
}

func (w wordings) say(message string) string {
	for _, wording := range w {
		switch found := wording.message.FindStringSubmatch(message); len(found) {
		case 0:
		case 1:
			return wording.words
		default:
			return strings.ReplaceAll(wording.words, "$1", inDigits(found[1]))
		}
	}
	return message
}

// inDigits writes a number without an exponent, as huma does not; other text stays.
func inDigits(text string) string {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return text
}

// asProblem finds the problem in an error's chain.
func asProblem(err error, p **Problem) bool { return errors.As(err, p) }
