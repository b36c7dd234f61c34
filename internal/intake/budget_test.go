package intake_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/familygifting/tidings/internal/intake"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 511, 512, 513, 5000, 8191, 8192} {
		b := intake.NewBudget(1<<20, 1<<20)
		sent := bytes.Repeat([]byte("x"), size)
		got, release, err := b.Read(iotest.HalfReader(bytes.NewReader(sent)), "a", 8192)
		if err != nil || !bytes.Equal(got, sent) {
			t.Errorf("%d bytes: %d, %v", size, len(got), err)
		}
		if held := b.Held(); held < int64(size) || held > max(512, 2*int64(size)) {
			t.Errorf("%d bytes are held as %d", size, held)
		}
		release()
		if b.Held() != 0 {
			t.Errorf("%d bytes: %d stay", size, b.Held())
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	torn := errors.New("torn")
	for name, c := range map[string]struct {
		body  io.Reader
		limit int64
		want  error
	}{
		"a byte too many": {strings.NewReader(strings.Repeat("x", 1025)), 1024, intake.ErrTooLarge},
		"without an end":  {endless{}, 1024, intake.ErrTooLarge},
		"torn":            {io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(torn)), 1024, torn},
		"beyond a share":  {endless{}, 1 << 20, intake.ErrBusy},
	} {
		b := intake.NewBudget(1<<20, 64<<10)
		got, release, err := b.Read(c.body, "a", c.limit)
		if got != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if release(); b.Held() != 0 {
			t.Errorf("%s: %d stay", name, b.Held())
		}
	}
}

// endless never runs out of bytes.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// One sender cannot use up what others need, and all together hold no more than the
// budget.
// Guarantees: D2
func TestSharesOfABudget(t *testing.T) {
	t.Parallel()
	b := intake.NewBudget(3<<10, 2<<10)
	read := func(sender string) (func(), error) {
		_, release, err := b.Read(strings.NewReader(strings.Repeat("x", 1023)), sender, 1023)
		if err != nil {
			release()
		}
		return release, err
	}
	first, err1 := read("a")
	_, err2 := read("a")
	_, err3 := read("a")
	_, err4 := read("b")
	_, err5 := read("c")
	if err1 != nil || err2 != nil || err4 != nil {
		t.Errorf("within the budget: %v, %v, %v", err1, err2, err4)
	}
	if !errors.Is(err3, intake.ErrBusy) || !errors.Is(err5, intake.ErrBusy) {
		t.Errorf("beyond the share %v, beyond the total %v", err3, err5)
	}
	first()
	if _, err := read("c"); err != nil {
		t.Errorf("when one has gone: %v", err)
	}
}
