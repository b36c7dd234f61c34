package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// runCommand runs a command line that ends by itself.
func runCommand(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = runProgram(args, &o, &e)
	return code, o.String(), e.String()
}

func TestVersionIsPrinted(t *testing.T) {
	for _, args := range [][]string{{"--version"}, {"serve", "--version"}} {
		if code, out, errs := runCommand(t, args...); code != 0 || !strings.HasPrefix(out, "tidings "+version+" (go") || errs != "" {
			t.Errorf("%q: %d, %q, %q", args, code, out, errs)
		}
	}
}

// A wrong command line costs two lines: what is wrong, and where to read on.
func TestAWrongCommandLine(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"an unknown flag":    {[]string{"serve", "--max-per-users=1"}, "tidings: unknown flag --max-per-users, did you mean \"--max-per-user\"?\nSee tidings serve --help.\n"},
		"a wrong value":      {[]string{"serve", "--max-per-user=x"}, "tidings: --max-per-user: "},
		"an unknown command": {[]string{"server"}, "tidings: unexpected argument server, did you mean \"serve\"?\nSee tidings --help.\n"},
		"what makes no sense": {[]string{"serve", "--queue-bytes=1"},
			"tidings: serve: --queue-bytes must be at least 4096\nSee tidings serve --help.\n"},
	} {
		code, out, errs := runCommand(t, c.args...)
		if code != exitUsage || out != "" || !strings.HasPrefix(errs, c.want) || strings.Count(errs, "\n") != 2 {
			t.Errorf("%s: %d, %q, %q; want %q", name, code, out, errs, c.want)
		}
	}
}

// A command that fails says so in a line.
func TestACommandThatFails(t *testing.T) {
	code, _, errs := runCommand(t, "healthcheck", "--addr=127.0.0.1:1")
	if code != exitFailed || !strings.HasPrefix(errs, "tidings: the server does not answer") || strings.Count(errs, "\n") != 1 {
		t.Errorf("%d, %q", code, errs)
	}
}

// A variable that no flag has is warned about, with the one that was meant.
func TestAVariableThatIsMistyped(t *testing.T) {
	t.Setenv("TIDINGS_JWT_SECRETFILE", "x")
	_, _, errs := runCommand(t, "serve")
	if !strings.Contains(errs, "level=WARN") || !strings.Contains(errs, "TIDINGS_JWT_SECRETFILE is of no setting and does nothing: did you mean TIDINGS_JWT_SECRET_FILE?") {
		t.Errorf("it says %q", errs)
	}
}

// Many an image names its version in the environment: no command may take that for a wish to
// see it, and do nothing else.
func TestAVariableWithTheVersion(t *testing.T) {
	t.Setenv("TIDINGS_VERSION", "1.2.3")
	for command, want := range map[string]string{"serve": "nobody could publish", "healthcheck": "the server does not answer"} {
		if code, out, errs := runCommand(t, command, "--addr=127.0.0.1:1"); code != exitFailed || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: %d, %q, %q", command, code, out, errs)
		}
	}
}

// A variable that is empty sets nothing: neither the address, which would be any, nor what
// another source would set.
func TestAVariableThatIsEmpty(t *testing.T) {
	for _, name := range []string{"TIDINGS_ADDR", "TIDINGS_CONFIG", "TIDINGS_DEV", "TIDINGS_MAX_TOPICS", "TIDINGS_TLS_CERT_FILE", "TIDINGS_PUBLISH_KEY"} {
		t.Setenv(name, "")
	}
	if code, _, errs := runCommand(t, "serve"); code != exitFailed || !strings.Contains(errs, "nobody could publish: set --publish-key") {
		t.Errorf("%d, %q", code, errs)
	}
	got, _, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	if got.Addr != "127.0.0.1:9000" || got.MaxTopics != 5000 {
		t.Errorf("the address is %q, the most topics %d", got.Addr, got.MaxTopics)
	}
}

func TestHelpIsInGroups(t *testing.T) {
	code, out, _ := runCommand(t, "serve", "--help")
	last := -1
	for _, title := range []string{"Settings", "Listening", "The log of events", "Publishing", "Tokens", "Pages and proxies", "Asking your server who may read", "Sessions", "Stopping", "Watching"} {
		at := strings.Index(out, "\n"+title+"\n")
		if at <= last || code != 0 {
			t.Errorf("%q is not in its place in\n%s", title, out)
		}
		last = at
	}
}

// A flag comes before a variable, that before the file, and that before the default.
func TestASettingHasFourSources(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tidings.yaml")
	write(t, file, `# the hub
max-per-user: 7
max-topics: 8
max-replay: 9
keep-age: 12h
dev: true
allowed-origin:
  - https://a.example.com
  - https://b.example.com
publish-key: [one,two, "with,comma"]
trusted-proxies: 10.0.0.1,10.0.0.2
socket-mode: 0600
jwt-leeway: 0
`)
	t.Setenv("TIDINGS_MAX_TOPICS", "18")
	t.Setenv("TIDINGS_MAX_REPLAY", "19")
	for name, c := range map[string]struct {
		environment string
		args        []string
	}{"by the flag": {"", []string{"--config=" + file}}, "by the variable": {file, nil}} {
		t.Run(name, func(t *testing.T) {
			if c.environment != "" {
				t.Setenv("TIDINGS_CONFIG", c.environment)
			}
			got, _, err := parse(t, append(c.args, "--max-replay=29")...)
			if err != nil {
				t.Fatal(err)
			}
			if got.MaxPerUser != 7 || got.MaxTopics != 18 || got.MaxReplay != 29 || got.MaxTopicsPerFrame != 500 {
				t.Errorf("by the file %d, the variable %d, the flag %d, nothing %d", got.MaxPerUser, got.MaxTopics, got.MaxReplay, got.MaxTopicsPerFrame)
			}
			lists := strings.Join(append(append(got.AllowedOrigin, got.PublishKey...), got.TrustedProxies...), " ")
			if lists != "https://a.example.com https://b.example.com one two with,comma 10.0.0.1 10.0.0.2" {
				t.Errorf("the lists are %s", lists)
			}
			if got.KeepAge != 12*time.Hour || !got.Dev || got.SocketMode != 0o600 || got.JWTLeeway != 0 {
				t.Errorf("%v, %v, %v, %v", got.KeepAge, got.Dev, got.SocketMode, got.JWTLeeway)
			}
		})
	}
}

// What is wrong with a file is refused by its name, and by that of the setting.
func TestAConfigFileThatIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"max-per-users: 1":                 `there is no setting "max-per-users": did you mean max-per-user?`,
		"MAX_PER_USER: 1":                  `there is no setting "MAX_PER_USER"`,
		"config: x":                        `there is no setting "config"`,
		"max-per-user: 1\nmax-per-user: 2": "max-per-user",
		"max-per-user: x":                  "max-per-user",
		"max-per-user: -1":                 "--max-per-user must not be negative",
		"max-per-user: [1, 2]":             "max-per-user",
		"max-per-user: {a: 1}":             "max-per-user must be a value",
		"max-per-user:":                    "max-per-user must be a value",
		"allowed-origin: [[a]]":            "allowed-origin must be a value",
		"dev: maybe":                       "dev",
		"- a":                              "must have a setting on each line",
		"dev: true\n---\ndev: false":       "one document",
		"log-format: xml":                  "log-format",
		strings.Repeat("#", maxConfig+1):   "has more than",
	} {
		file := filepath.Join(t.TempDir(), "tidings.yaml")
		write(t, file, text)
		if _, _, err := parse(t, "--config="+file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v; want %q", text, err, want)
		}
	}
	mistyped := filepath.Join(t.TempDir(), "tidings.yaml")
	write(t, mistyped, "max-per-user: 1\nmax-per-user: 2")
	want := "tidings: --config " + mistyped + ": must have a setting on each line, as name: value: yaml: unmarshal errors: line 2: "
	if _, _, errs := runCommand(t, "serve", "--config="+mistyped); !strings.HasPrefix(errs, want) || strings.Count(errs, "\n") != 2 {
		t.Errorf("got %q; want %q", errs, want)
	}
	if _, _, err := parse(t, "--config="+filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "config") {
		t.Errorf("a file that is not there: %v", err)
	}
	file := filepath.Join(t.TempDir(), "tidings.json")
	write(t, file, `{"max-per-user":7,"allowed-origin":["https://a.example.com"]}`)
	if c, _, err := parse(t, "--config="+file); err != nil || c.MaxPerUser != 7 || len(c.AllowedOrigin) != 1 {
		t.Errorf("JSON: %+v, %v", c, err)
	}
	write(t, file, "")
	if _, _, err := parse(t, "--config="+file); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}

// A stop says why, and how long it took; a log in JSON is JSON.
func TestAStopIsLogged(t *testing.T) {
	var logs lines
	_, end := startLogging(t, &logs, "--dev", "--drain-window=100ms", "--log-format=json")
	end()
	for _, want := range []string{`"msg":"tidings is listening"`, `"msg":"tidings is stopping","why":"context canceled"`, `"msg":"tidings has stopped","took":`} {
		if !logs.has(want) {
			t.Errorf("the log does not say %s: %s", want, logs.text.String())
		}
	}
}
