package main

import (
	"cmp"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/alecthomas/kong"

	"github.com/familygifting/tidings/realtime"
)

// parse reads a command line of "tidings serve".
func parse(t *testing.T, args ...string) (*serveCommand, *kong.Kong, error) {
	t.Helper()
	var c cli
	parser, err := newParser(&c, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(append([]string{"serve"}, args...))
	return &c.Serve, parser, err
}

var update = flag.Bool("update", false, "write the flags into docs/hub.md")

// docs/hub.md lists the flags as they are, all of them and no others. After a change
// of them, go test ./cmd/tidings -run TestEveryFlagIsDocumented -update writes it.
func TestEveryFlagIsDocumented(t *testing.T) {
	const path, begin, end = "../../docs/hub.md", "<!-- flags -->\n", "<!-- end of flags -->\n"
	_, parser, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	want := flagTables(parser.Model.Children[0].Flags)
	document, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(document), begin)
	got, after, ended := strings.Cut(rest, end)
	if parser.Model.Children[0].Name != "serve" || !found || !ended || strings.Count(want, "| `--") < 40 {
		t.Fatalf("%s has no place for the flags of %s: %s", path, parser.Model.Children[0].Name, want)
	}
	if got == want {
		return
	}
	if !*update {
		t.Fatalf("%s has\n%s\nwant\n%s", path, got, want)
	}
	if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// flagTables has a table for each group of flags, in the order of --help.
func flagTables(flags []*kong.Flag) string {
	var b strings.Builder
	title := ""
	for _, f := range flags {
		if f.Group.Title != title {
			title = f.Group.Title
			fmt.Fprintf(&b, "\n### %s\n", title)
			b.WriteString("\n| Flag | Default | What it is |\n| --- | --- | --- |\n")
		}
		value := f.Default
		if value != "" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(&b, "| `--%s` | %s | %s |\n", f.Name, value, f.Help)
	}
	return b.String() + "\n"
}

// Without a flag the engine's options are the engine's own; and each of them has
// a flag.
func TestFlagsHaveTheDefaultsOfTheEngine(t *testing.T) {
	c, _, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.DiscardHandler)
	got := c.options(false, logger, nil)
	hub := realtime.NewHub(nil, nil, realtime.Options{Logger: logger}) // nobody comes, so nobody asks
	defer hub.Close()
	if want := hub.Options(); !reflect.DeepEqual(got, want) {
		t.Errorf("options %+v\nwant    %+v", got, want)
	}
	for i := range reflect.TypeOf(got).NumField() {
		name := reflect.TypeOf(got).Field(i).Name
		if slices.Contains([]string{"Anonymous", "Traces", "Sweep"}, name) {
			continue
		}
		if reflect.ValueOf(got).Field(i).IsZero() {
			t.Errorf("%s has no flag", name)
		}
	}
}

// Each flag is that of its own option, and reaches it: with a value apiece none can
// stand for another.
func TestEachFlagReachesItsOption(t *testing.T) {
	options := reflect.TypeFor[realtime.Options]()
	called := map[string]string{"MaxPerUser": "MaxSessionsPerUser", "MaxPerAddress": "MaxSessionsPerAddress"}
	flags := reflect.TypeFor[engineFlags]()
	var args []string
	want := make(map[string]string)
	for i := range flags.NumField() {
		field := flags.Field(i)
		value := fmt.Sprint(5000 + i) // more than the least --queue-bytes
		if field.Type == reflect.TypeFor[time.Duration]() {
			value = (time.Duration(i+1) * time.Second).String()
		}
		option := cmp.Or(called[field.Name], field.Name)
		if _, known := options.FieldByName(option); !known {
			t.Fatalf("there is no option %s", option)
		}
		want[option] = value
		args = append(args, "--"+kebab(field.Name)+"="+value)
	}
	c, _, err := parse(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	got := reflect.ValueOf(c.options(false, slog.New(slog.DiscardHandler), nil))
	for option, value := range want {
		if is := fmt.Sprint(got.FieldByName(option)); is != value {
			t.Errorf("%s is %s; its flag says %s", option, is, value)
		}
	}
}

// kebab writes a field's name as its flag: MaxPerUser as max-per-user.
func kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Zero stands for none, where there may be none.
func TestFlagsThatAreZero(t *testing.T) {
	c, _, err := parse(t, "--max-per-user=0", "--max-topics=0", "--max-topics-per-frame=0", "--max-replay=0", "--inbound-rate=0", "--max-strikes=0", "--token-grace=0")
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.DiscardHandler)
	hub := realtime.NewHub(nil, nil, c.options(false, logger, nil))
	defer hub.Close()
	opts := hub.Options()
	for name, got := range map[string]int{
		"sessions": opts.MaxSessionsPerUser, "topics": opts.MaxTopics, "topics of a frame": opts.MaxTopicsPerFrame,
		"replay": opts.MaxReplay, "rate": int(opts.InboundRate), "strikes": opts.MaxStrikes,
	} {
		if got != realtime.Unlimited {
			t.Errorf("%s: %d; want no limit", name, got)
		}
	}
	if opts.TokenGrace != 0 {
		t.Errorf("grace %v; want none", opts.TokenGrace)
	}
}

// No flag takes what makes no sense, and each says so by its name.
func TestFlagsThatAreRefused(t *testing.T) {
	mayBeNone := []string{
		"max-per-user", "max-per-address", "max-topics-per-frame", "max-topics", "max-replay", "inbound-rate", "max-strikes", "token-grace",
		"answer-bytes", "jwt-leeway", "jwt-max-lifetime", "drain-delay", "authorize-cache-age", "jwt-jwks-wait",
	}
	_, parser, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	numbers := 0
	for _, flag := range parser.Model.Children[0].Flags {
		if kind := flag.Target.Kind(); flag.Name == "log-level" || kind != reflect.Int && kind != reflect.Int64 && kind != reflect.Float64 {
			continue
		}
		numbers++
		unit := ""
		if flag.Target.Type().String() == "time.Duration" {
			unit = "s"
		}
		if _, _, err := parse(t, "--"+flag.Name+"=-1"+unit); err == nil || !strings.Contains(err.Error(), "--"+flag.Name+" must") {
			t.Errorf("--%s=-1%s: %v", flag.Name, unit, err)
		}
		_, _, err := parse(t, "--"+flag.Name+"=0"+unit)
		if none := slices.Contains(mayBeNone, flag.Name); none != (err == nil) || err != nil && !strings.Contains(err.Error(), "--"+flag.Name+" must") {
			t.Errorf("--%s=0%s: %v; allowed: %v", flag.Name, unit, err, none)
		}
		if unit == "" {
			continue
		}
		if _, _, err := parse(t, "--"+flag.Name+"=2562047h"); err == nil || !strings.Contains(err.Error(), "--"+flag.Name+" must not be more than 87600h") {
			t.Errorf("--%s=2562047h: %v", flag.Name, err)
		}
	}
	if numbers < 25 {
		t.Errorf("%d flags are numbers: this test reads them otherwise", numbers)
	}
}

// Some flags have a least or a form of their own, or do not go together.
func TestSettingsThatAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{"--inbound-rate=NaN"}, {"--inbound-rate=Inf"}, {"--inbound-rate=1e-12"}, {"--token-grace=1h"}, {"--drain-delay=20s"},
		{"--queue-bytes=4095"}, {"--log="},
		{"--addr="}, {"--addr=9000"}, {"--addr=localhost"}, {"--addr=localhost:"}, {"--addr=http://localhost:9000"}, {"--addr=::1:9000"},
		{"--addr=:99999"}, {"--addr=:no-service"},
		{"--addr=unix:"}, {"--addr=unix:@hub"}, {"--addr=unix:/" + strings.Repeat("x", 107)},
		{"--allowed-origin=nonsense"}, {"--allowed-origin=app.example.com"}, {"--allowed-origin=null"},
		{"--allowed-origin=https://app.example.com/"}, {"--allowed-origin=https://App.example.com"}, {"--allowed-origin=https://*.com"}, {"--allowed-origin=https://*"},
		{"--allowed-origin=https://*.*.example.com"}, {"--allowed-origin=https://a.*.example.com"}, {"--allowed-origin=*://*.example.com"},
		{"--max-payload=16777217"}, {"--tls-cert-file=/dev/null"}, {"--tls-key-file=/dev/null"}, {"--dev-anywhere"}, {"--socket-mode=rw"}, {"--socket-mode=01000"},
		{"--allowed-origin=https://app.example.com:443"}, {"--allowed-origin=https://app.example.com:"}, {"--allowed-origin=https://"},
		{"--allowed-origin=https://b\u00fccher.example"}, {"--allowed-origin=https://u@app.example.com"},
		{"--allowed-origin=http://[0:0::1]:3000"},
		{"--jwt-issuer=x", "--dev"}, {"--jwt-audience=x", "--dev"}, {"--jwt-jwks-url=https://x", "--dev"},
		{"--jwt-secret-file=/dev/null", "--dev"}, {"--jwt-public-key-file=/dev/null", "--dev"},
	} {
		name, _, _ := strings.Cut(args[0], "=")
		if _, _, err := parse(t, args...); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), " must ") {
			t.Errorf("%q: %v", args, err)
		}
	}
	for _, addr := range []string{":9000", "localhost:http", "[::1]:9000", "unix:/run/hub.sock", "unix:hub.sock"} {
		if _, _, err := parse(t, "--addr="+addr); err != nil {
			t.Errorf("--addr=%s: %v", addr, err)
		}
	}
	for _, origin := range []string{"*", "https://app.example.com", "http://localhost:3000", "http://[::1]:3000", "http://[::ffff:c0a8:107]", "http://192.168.1.7:3000", "capacitor://localhost", "https://xn--bcher-kva.example", "https://*.example.com", "http://*.example.com:3000"} {
		if _, _, err := parse(t, "--allowed-origin="+origin); err != nil {
			t.Errorf("--allowed-origin=%s: %v", origin, err)
		}
	}
}
