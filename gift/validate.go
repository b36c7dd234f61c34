package gift

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"
)

var (
	currencyPattern   = regexp.MustCompile(`^[A-Z]{3}$`)
	colorPattern      = regexp.MustCompile(`^(#[0-9a-f]{6})?$`)
	mutationIDPattern = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)
)

// checks runs validations in order and returns the first failure.
func checks(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkText allows any text of at most limit characters.
func checkText(field, s string, limit int) error {
	switch {
	case len(s) > limit*utf8.UTFMax || utf8.RuneCountInString(s) > limit:
		return Invalid(field, "may have at most %d characters", limit)
	case !utf8.ValidString(s):
		return Invalid(field, "must be valid UTF-8")
	case strings.ContainsRune(s, 0):
		return Invalid(field, "may not contain the character NUL")
	}
	return nil
}

// checkLine allows text that stands in one line, beside other text: nothing in
// it may turn what is around it.
func checkLine(field, s string, limit int) error {
	if strings.ContainsFunc(s, isBidiControl) {
		return Invalid(field, "may not contain characters that turn the direction of other text")
	}
	return checkText(field, s, limit)
}

// isBidiControl reports whether a character embeds, overrides or isolates a direction
// of text. The marks are harmless, and belong to names in Hebrew and Arabic.
func isBidiControl(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// checkRequired allows a line with something in it that can be seen.
func checkRequired(field, s string, limit int) error {
	switch {
	case strings.TrimSpace(s) == "":
		return Invalid(field, "may not be empty")
	case !strings.ContainsFunc(s, visible):
		return Invalid(field, "must have a character that can be seen")
	}
	return checkLine(field, s, limit)
}

// brailleBlank looks like a space, but is a symbol to Unicode.
const brailleBlank = '\u2800'

// visible reports whether a character leaves anything on the screen.
func visible(r rune) bool {
	return r != brailleBlank && !unicode.In(r, unicode.White_Space, unicode.Cc, unicode.Cf,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// checkURL allows an absolute http or https address, or none.
func checkURL(field, s string) error {
	if s == "" {
		return nil
	}
	if err := checkText(field, s, MaxURL); err != nil {
		return err
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return Invalid(field, "must be an address that starts with http:// or https://")
	}
	return nil
}

// pictureInside is how an address starts that is a picture itself. Browsers run
// no script of a picture, whatever it contains.
var pictureInside = regexp.MustCompile(`^data:image/(png|jpeg|gif|webp|svg\+xml)[;,]`)

// checkPicture allows what checkURL does, and a picture small enough to be its
// own address.
func checkPicture(field, s string) error {
	if !strings.HasPrefix(s, "data:") {
		return checkURL(field, s)
	}
	if !pictureInside.MatchString(s) {
		return Invalid(field, "must be an address that starts with http://, https:// or data:image/")
	}
	return checkText(field, s, MaxURL)
}

func checkMoney(field string, m *Money) error {
	switch {
	case m == nil:
		return nil
	case m.Amount < 0:
		return Invalid(field+".amount", "may not be negative")
	case m.Amount > MaxAmount:
		return Invalid(field+".amount", TooMuch)
	}
	return checkCurrency(field+".currency", m.Currency)
}

func checkCurrency(field, code string) error {
	if !currencyPattern.MatchString(code) {
		return Invalid(field, "must be an ISO 4217 code of three capital letters, such as EUR")
	}
	if _, err := currency.ParseISO(code); err != nil {
		return Invalid(field, "there is no currency %s in ISO 4217", code)
	}
	return nil
}

func checkDate(field string, d Date) error {
	if _, err := d.Time(); err != nil {
		return Invalid(field, "must be a real day as YYYY-MM-DD")
	}
	return nil
}

func checkOptionalDate(field string, d *Date) error {
	if d == nil {
		return nil
	}
	return checkDate(field, *d)
}

func checkQuantity(n int) error {
	if n < 1 || n > MaxQuantity {
		return Invalid("quantity", "must be between 1 and %d", MaxQuantity)
	}
	return nil
}

func checkColor(s string) error {
	if !colorPattern.MatchString(s) {
		return Invalid("color", "must be a colour as #rrggbb in lower case, or empty")
	}
	return nil
}

// oneOf allows the named values.
func oneOf[T ~string](field string, value T, allowed ...T) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = fmt.Sprintf("%q", string(a))
	}
	return Invalid(field, "must be one of %s", strings.Join(names, ", "))
}

func checkCount(field string, n, limit int) error {
	if n > limit {
		return Invalid(field, "may have at most %d elements", limit)
	}
	return nil
}

// checkTags allows a few short texts.
func checkTags(field string, tags []string) error {
	if err := checkCount(field, len(tags), MaxTags); err != nil {
		return err
	}
	for i, tag := range tags {
		if err := checkRequired(fmt.Sprintf("%s[%d]", field, i), tag, MaxShortText); err != nil {
			return err
		}
	}
	return nil
}

func checkSizes(sizes map[string]string) error {
	if err := checkCount("sizes", len(sizes), MaxTags); err != nil {
		return err
	}
	for name, size := range sizes {
		if err := checks(
			checkRequired("sizes", name, MaxRelationship),
			checkLine("sizes", size, MaxShortText),
		); err != nil {
			return err
		}
	}
	return nil
}

// CheckEmail validates an address that [NormalEmail] has normalized.
func CheckEmail(email string) error {
	addr, err := mail.ParseAddress(email)
	if err != nil || addr.Address != email || len(email) > MaxEmail {
		return Invalid("email", "must be an email address such as ada@example.org")
	}
	return nil
}

// NormalEmail is how an address is stored and compared.
func NormalEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Validate checks the family.
func (f Family) Validate() error {
	return checks(checkRequired("family_name", f.Name, MaxName), checkCurrency("currency", f.Currency))
}

// Validate checks what an account starts from.
func (a NewAccount) Validate() error {
	return checks(checkRequired("name", a.Name, MaxName), CheckEmail(NormalEmail(a.Email)))
}

// Validate checks the call itself.
func (c Call) Validate() error {
	if c.MutationID == "" {
		return nil
	}
	if len(c.MutationID) > MaxMutationID || !mutationIDPattern.MatchString(c.MutationID) {
		return Invalid("Mutation-Id", "must be 1 to %d of [A-Za-z0-9._~-]", MaxMutationID)
	}
	return nil
}

// Size returns how many elements the page may have.
func (p Page) Size() (int, error) {
	switch {
	case p.Limit == 0:
		return DefaultPageSize, nil
	case p.Limit < 0 || p.Limit > MaxPageSize:
		return 0, Invalid("limit", "must be between 1 and %d", MaxPageSize)
	}
	return p.Limit, nil
}

// Time is the day's start in UTC.
func (d Date) Time() (time.Time, error) { return time.Parse(time.DateOnly, string(d)) }

// checkSame refuses a claim that differs from what is.
func checkSame[T comparable](field string, claim Field[T], is T, advice string) error {
	if claim.Set && claim.Value != is {
		return Invalid(field, "%s", advice)
	}
	return nil
}
