package main

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// docs/operations.md lists the figures that are served, all of them and no others.
func TestEveryFigureIsDocumented(t *testing.T) {
	url, _ := start(t, "--dev", "--drain-window=100ms")
	next := subscribe(t, url, "list-items:1", "")
	next()
	next()
	post(t, url, one)
	_, served := get(t, url+"/metrics")
	document, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	figures := func(text, pattern string) (names []string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			names = append(names, m[1]+" "+m[2])
		}
		slices.Sort(names)
		return names
	}
	got := figures(served, `(?m)^# TYPE (tidings_\w+) (\w+)$`)
	want := figures(string(document), "(?m)^\\| `(tidings_\\w+)` +\\| (\\w+) +\\|")
	// No session has ended yet, so there is no close code to count by.
	want = slices.DeleteFunc(want, func(s string) bool { return s == "tidings_sessions_closed_total counter" && !slices.Contains(got, s) })
	if !slices.Equal(got, want) {
		t.Errorf("served %q\ndocumented %q", got, want)
	}
}
