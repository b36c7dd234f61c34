package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/familygifting/tidings/internal/clientip"
	"github.com/familygifting/tidings/internal/intake"
	"github.com/familygifting/tidings/internal/strictjson"
)

// Limits of request bodies.
const (
	// MaxBodyBytes is the largest body of a member: 1 MiB.
	MaxBodyBytes = 1 << 20
	// MaxOpenBodyBytes is the largest body where nobody needs to be: 16 KiB.
	MaxOpenBodyBytes = 16 << 10
	// maxBodies is how many bytes of bodies the members' requests may hold together,
	// maxMemberBodies how many those of one member.
	maxBodies, maxMemberBodies = 16 << 20, 4 << 20
	// maxOpenBodies and maxAddressBodies are the same for strangers, by network.
	maxOpenBodies, maxAddressBodies = 4 << 20, 512 << 10
	// openBodyTime is how long a stranger may take to send a body.
	openBodyTime = 10 * time.Second
	// maxDrain is how much of a member's body that is too large is still read, and
	// thrown away, so that the answer reaches a client which sends before it listens.
	maxDrain = 16 << 20
)

// bodies is the memory that request bodies may take: members and strangers have
// theirs apart, so that no stranger takes a member's.
type bodies struct{ members, strangers *intake.Budget }

func newBodies() bodies {
	return bodies{intake.NewBudget(maxBodies, maxMemberBodies), intake.NewBudget(maxOpenBodies, maxAddressBodies)}
}

// readBody reads the body of an operation that has one, now that it is known who
// asks. It refuses a body that would be read as something else than was sent and, for
// a request with a Mutation-Id, notes its hash.
func (a *API) readBody(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	var body []byte
	if ctx.Operation().RequestBody != nil {
		read, release, p := a.takeBody(w, r, needsBearer(ctx.Operation()))
		defer release()
		if p == nil {
			p = a.checkBody(read, ctx.Operation().RequestBody.Content["application/json"].Schema)
		}
		if p != nil {
			writeProblem(w, p)
			return
		}
		body = read
	}
	if r.Header.Get(mutationHeader) != "" {
		requestFrom(r.Context()).hash = hashRequest(r, body)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	next(ctx)
}

// takeBody reads a body, within what its sender may send.
func (a *API) takeBody(w http.ResponseWriter, r *http.Request, isMember bool) (body []byte, release func(), p *Problem) {
	if intake.Encoded(r) {
		return nil, func() {}, newProblem(codeMediaType, intake.EncodedMessage)
	}
	req := requestFrom(r.Context())
	budget, sender, limit := a.bodies.strangers, clientip.Network(req.from.client).String(), int64(MaxOpenBodyBytes)
	if isMember {
		budget, sender, limit = a.bodies.members, string(req.actor), MaxBodyBytes
	} else {
		// Where no deadline can be set there is no connection to hold up.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(openBodyTime))
	}
	body, release, err := []byte(nil), func() {}, error(intake.ErrTooLarge)
	if r.ContentLength <= limit {
		body, release, err = budget.Read(r.Body, sender, limit)
	}
	switch {
	case errors.Is(err, intake.ErrTooLarge):
		if isMember {
			_, _ = io.CopyN(io.Discard, r.Body, maxDrain) // whatever is left costs the connection
		}
		return nil, release, newProblem(codeTooLarge, fmt.Sprintf("the body is larger than %d bytes", limit))
	case errors.Is(err, intake.ErrBusy):
		p := newProblem(codeUnavailable, "too many requests are being read at the moment: send it again in a second")
		p.headers = http.Header{"Retry-After": {intake.RetryAfter}}
		return nil, release, p
	case err != nil:
		return nil, release, newProblem(codeMalformed, "incomplete body: the connection ended before Content-Length")
	}
	intake.WasRead(w)
	return body, release, nil
}

// checkBody refuses what would be read as something else than was meant. All numbers
// here are whole. A handler that needs a body finds that it is missing.
func (a *API) checkBody(body []byte, schema *huma.Schema) *Problem {
	if len(body) == 0 {
		return nil
	}
	var e *strictjson.Error
	if errors.As(strictjson.Rules{WholeNumbers: true}.Check(body), &e) {
		p := fieldProblem(placeOf(e.Field), e.Problem)
		if e.Kind == strictjson.Malformed {
			p.Problem = newProblem(codeMalformed, p.Detail).Problem
		}
		return p
	}
	var p *Problem
	_ = asProblem(wrongCase(a.huma.OpenAPI().Components.Schemas, schema, body, "body"), &p)
	return p
}

// placeOf names a field of the body as problems do.
func placeOf(field string) string {
	switch {
	case field == "":
		return "body"
	case field[0] == '[':
		return "body" + field
	}
	return inBody + field
}

// hashRequest is what tells two requests apart: method, path and body.
func hashRequest(r *http.Request, body []byte) string {
	h := sha256.New()
	_, _ = io.WriteString(h, r.Method+" "+r.URL.Path+"\n") // a hash never fails
	_, _ = h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}
