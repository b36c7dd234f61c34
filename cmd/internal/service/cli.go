package service

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Version is what --version prints.
func Version(program, version string) string {
	return fmt.Sprintf("%s %s (%s, %s/%s)", program, version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// Complain prints what is wrong with a command line, and where to read on. Command is
// the program and, where it is known, its command.
func Complain(w io.Writer, program, command string, err error) {
	_, _ = fmt.Fprintf(w, "%s: %v\nSee %s --help.\n", program, err, command) // there is nowhere else to say it
}

// UnsetEmptyVariables unsets the variables that begin with the prefix and are empty. That is
// what a container file makes of a variable that nobody has set (${NAME}), so an empty one
// means no setting, and not an empty one.
func UnsetEmptyVariables(prefix string) {
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); value == "" && strings.HasPrefix(name, prefix) {
			_ = os.Unsetenv(name) // its name is one that is set
		}
	}
}

// UnknownVariables returns a sentence about each variable of the environment that
// begins with the prefix and belongs to no flag. Extra are the suffixes that a flag's
// variable may have.
func UnknownVariables(app *kong.Application, prefix string, environ []string, extra ...string) (said []string) {
	var known []string
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			for _, suffix := range append(extra, "") {
				for _, name := range flag.Envs {
					known = append(known, name+suffix)
				}
			}
		}
		return next(nil)
	})
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || slices.Contains(known, name) || serviceLink.MatchString(name) {
			continue
		}
		said = append(said, fmt.Sprintf("the variable %s is of no setting and does nothing%s", name, DidYouMean(name, known)))
	}
	return said
}

// serviceLink is a variable that Kubernetes sets for a service of the program's name.
var serviceLink = regexp.MustCompile(`_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_\w+)?)$`)

// DidYouMean names the known name that is nearest to another, if there is one near it.
func DidYouMean(name string, known []string) string {
	best, least := "", len(name)/3+1
	for _, k := range known {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %s?", best)
}

// distance is how many characters have to be changed, added or removed.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
