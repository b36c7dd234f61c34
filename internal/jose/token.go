// Package jose checks the form of tokens before anything is believed of them. The
// libraries that verify them are too kind: base64 with line breaks in it, a header
// with two members of one name, and an extension that nobody here knows all pass.
package jose

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/familygifting/tidings/internal/strictjson"
)

// Check refuses a token that two readers could read differently (RFC 7515, RFC 7519):
// it is three parts of base64url without padding, line breaks or spare bits; header and
// claims are JSON objects that pass [strictjson.Check]; and the header asks for no
// extension, since none is known here. It verifies nothing else.
func Check(token string) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return errors.New("a token has three parts")
	}
	for i, name := range []string{"header", "claims", "signature"} {
		part, err := decode(parts[i])
		if err == nil && name != "signature" {
			err = checkObject(part, name)
		}
		if err != nil {
			return fmt.Errorf("the token's %s: %w", name, err)
		}
	}
	return nil
}

func decode(part string) ([]byte, error) {
	if strings.ContainsAny(part, "\r\n") { // which the decoder passes over
		return nil, errors.New("a line break")
	}
	return base64.RawURLEncoding.Strict().DecodeString(part)
}

func checkObject(doc []byte, name string) error {
	if err := strictjson.Check(doc); err != nil {
		return err
	}
	isObject, err := strictjson.Members(doc, func(member string, _ []byte) error {
		if name == "header" && member == "crit" {
			return errors.New("crit asks for what is not known here")
		}
		return nil
	})
	if err == nil && !isObject {
		err = errors.New("no JSON object")
	}
	return err
}
