package hubapi

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// docs/hub.md says what to do on every code that the hub answers with.
func TestEveryCodeIsDocumented(t *testing.T) {
	_, table, found := strings.Cut(hubPage(t), "### Answers, and what to do\n")
	if !found {
		t.Fatal("docs/hub.md has no table of answers")
	}
	table, _, _ = strings.Cut(table, "\n#")
	var sources []string
	for _, pattern := range []string{"*.go", "../../cmd/tidings/*.go", "../../internal/problem/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(found), err)
		}
		sources = append(sources, found...)
	}
	codes := map[string]bool{"invalid_topic": true} // which comes from the engine
	for _, path := range sources {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?:Answer\(w, http\.\w+, |Code: +)"([a-z_]+)"`).FindAllSubmatch(text, -1) {
			codes[string(found[1])] = true
		}
	}
	delete(codes, "unhealthy") // the answer of /healthz
	if len(codes) < 10 {
		t.Fatalf("the codes are %v: this test reads them otherwise", codes)
	}
	for code := range codes {
		if !strings.Contains(table, "`"+code+"`") {
			t.Errorf("docs/hub.md does not say what to do on %s", code)
		}
	}
}

// docs/hub.md lists the members of an event that can be published, all of them.
func TestEveryMemberOfAnEventIsDocumented(t *testing.T) {
	_, table, found := strings.Cut(hubPage(t), "### An event\n")
	if !found {
		t.Fatal("docs/hub.md has no table of members")
	}
	table, _, _ = strings.Cut(table, "\n#")
	var walk func(prefix string, of reflect.Type)
	walk = func(prefix string, of reflect.Type) {
		for i := range of.NumField() {
			field := of.Field(i)
			name := prefix + field.Tag.Get("json")
			switch {
			case name == "withdraw": // has a section of its own
			case field.Type.Kind() == reflect.Struct:
				walk(name+".", field.Type)
			case !strings.Contains(table, "| `"+name+"` |"):
				t.Errorf("docs/hub.md does not say what %s is", name)
			}
		}
	}
	walk("", reflect.TypeFor[publication]())
}

func hubPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/hub.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
