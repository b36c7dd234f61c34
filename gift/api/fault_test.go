package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/store"
)

// pragma sets something on the connection that writes.
func (d *dashboard) pragma(text string) {
	d.t.Helper()
	err := d.store.Write(d.t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, err := tx.ExecContext(ctx, "PRAGMA "+text)
		return err
	})
	if err != nil && gift.CodeOf(err) != gift.EFULL {
		d.t.Fatal(err)
	}
}

// While the disk is full or read-only, changes are refused with words and change
// nothing; reads go on, and so do changes as soon as there is room.
// Guarantees: F7
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct{ begin, end, words string }{
		"full":      {"max_page_count = 1", "max_page_count = 1073741823", "disk is full"},
		"read-only": {"query_only = 1", "", "read-only"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := newFamily(t)
			create := func(name string) response {
				body := fmt.Sprintf(`{"name":%q,"notes":%q}`, name, strings.Repeat("n", 9000))
				return f.send(request{method: post, path: "/api/v1/gifts", token: f.ada.token, body: body, header: map[string]string{"Mutation-Id": name}})
			}
			create("before").want(t, 201)
			f.hook.take()
			f.pragma(c.begin)
			var refused response
			for i := range 100 { // what is free in the file is used up first
				if refused = create(fmt.Sprint("while", i)); refused.StatusCode != 201 {
					break
				}
			}
			refused.want(t, 507, `"code":"storage_full"`, c.words, "nothing was changed")
			f.send(request{method: get, path: "/api/v1/gifts?limit=200", token: f.ada.token}).want(t, 200, `"before"`)
			if c.end == "" { // there is no way to take it back from here
				f.login("ada@example.org", password).want(t, 507, c.words)
				return
			}
			f.pragma(c.end)
			created := len(f.hook.take())
			create("after").want(t, 201)
			res := f.send(request{method: get, path: "/api/v1/gifts?limit=200", token: f.ada.token}).want(t, 200, `"after"`)
			if got := strings.Count(res.body, `"name":"while`); got != created {
				t.Errorf("%d gifts are there of the %d that were confirmed", got, created)
			}
			if lines := strings.Count(f.log.String(), "changes are refused"); lines != 1 {
				t.Errorf("%d lines in the log; want one a minute", lines)
			}
		})
	}
}
