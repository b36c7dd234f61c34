package api

import (
	"fmt"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/familygifting/tidings/gift"
)

// missing begins what is said of a member that is not there; its name follows,
// for [Problem.blame] to put where it belongs.
const missing = "is missing: "

// What is said of a member and of a parameter that an operation does not have.
const (
	unknownField     = "unknown field"
	unknownParameter = "unknown parameter"
)

// speakPlainly makes huma's findings parts of a sentence, as the domain's errors
// are: people read them under the field that they are about.
func speakPlainly() {
	for message, words := range map[*string]string{
		&validation.MsgUnexpectedProperty:         unknownField,
		&validation.MsgExpectedRFC3339DateTime:    "must be a time, such as 2026-12-24T18:00:00Z",
		&validation.MsgExpectedRFC3339Date:        "must be a real day as YYYY-MM-DD",
		&validation.MsgExpectedBoolean:            "must be true or false",
		&validation.MsgExpectedNumber:             "must be a number",
		&validation.MsgExpectedInteger:            "must be a whole number",
		&validation.MsgExpectedString:             "must be text",
		&validation.MsgExpectedArray:              "must be a JSON array",
		&validation.MsgExpectedObject:             "must be a JSON object",
		&validation.MsgExpectedOneOf:              `must be one of "%s"`,
		&validation.MsgExpectedMinimumNumber:      "must be at least %.0f",
		&validation.MsgExpectedMaximumNumber:      "may be at most %.0f",
		&validation.MsgExpectedMinLength:          "must have at least %d characters",
		&validation.MsgExpectedMaxLength:          "may have at most %d characters",
		&validation.MsgExpectedMinItems:           "must have at least %d elements",
		&validation.MsgExpectedMaxItems:           "may have at most %d elements",
		&validation.MsgExpectedBePattern:          "must be %s",
		&validation.MsgExpectedMatchPattern:       "must match the pattern %s",
		&validation.MsgExpectedRequiredProperty:   missing + "%s",
		&validation.MsgExpectedArrayItemsUnique:   "may not hold anything twice",
		&validation.MsgExpectedMinProperties:      "must have at least %d members",
		&validation.MsgExpectedMaxProperties:      "may have at most %d members",
		&validation.MsgExpectedNumberBeMultipleOf: "must be a multiple of %v",
	} {
		*message = words
	}
	huma.ErrorFormatter = phrase
}

// phrase fills in a limit, with words of their own for those that people meet
// without having thought of a number.
func phrase(format string, args ...any) string {
	limit := args[0]
	switch {
	case format == validation.MsgExpectedMinLength && limit == 1:
		return "may not be empty"
	case format == validation.MsgExpectedMinimumNumber && limit == 0.0:
		return "may not be negative"
	case format == validation.MsgExpectedMaximumNumber && limit == float64(gift.MaxAmount):
		return gift.TooMuch
	}
	return fmt.Sprintf(format, args...)
}
