package service_test

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// A variable that no flag has is named, with the one that was probably meant. Those
// that Kubernetes sets are not.
func TestUnknownVariables(t *testing.T) {
	var c struct{ MaxPerUser, LogLevel int }
	parser, err := kong.New(&c, kong.DefaultEnvars("APP"))
	if err != nil {
		t.Fatal(err)
	}
	environ := []string{
		"APP_MAX_PER_USER=1", "APP_MAX_PER_USERS=1", "APP_WHATEVER=1", "APP_LOG_LEVEL_FILE=x", "OTHER=1",
		"APP_SERVICE_HOST=1", "APP_SERVICE_PORT_HTTP=1", "APP_PORT=1", "APP_PORT_9000_TCP_ADDR=1",
	}
	said := service.UnknownVariables(parser.Model, "APP_", environ, "_FILE")
	if len(said) != 2 || !strings.Contains(said[0], "APP_MAX_PER_USERS is of no setting and does nothing: did you mean APP_MAX_PER_USER?") ||
		!strings.HasSuffix(said[1], "APP_WHATEVER is of no setting and does nothing") {
		t.Errorf("it says %q", said)
	}
}
