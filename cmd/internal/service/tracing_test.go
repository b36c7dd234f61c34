package service_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/familygifting/tidings/cmd/internal/service"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Traces are off unless the environment names where they go.
func TestTracingByEnvironment(t *testing.T) {
	const endpoint, collector = "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"
	for name, c := range map[string]struct {
		env  map[string]string
		on   bool
		want string // of the error
	}{
		"nothing":          {},
		"an endpoint":      {env: map[string]string{endpoint: collector}, on: true},
		"one for traces":   {env: map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": collector}, on: true},
		"disabled":         {env: map[string]string{endpoint: collector, "OTEL_SDK_DISABLED": "true"}},
		"no exporter":      {env: map[string]string{endpoint: collector, "OTEL_TRACES_EXPORTER": "none"}},
		"its protocol":     {env: map[string]string{endpoint: collector, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, on: true},
		"another protocol": {env: map[string]string{endpoint: collector, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, want: "http/protobuf"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{endpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
				t.Setenv(variable, c.env[variable])
			}
			provider, end, err := service.Tracing(t.Context(), "test")
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Fatalf("Tracing: %v; want an error with %q", err, c.want)
			}
			if (provider != nil) != c.on {
				t.Errorf("provider %v; want one: %v", provider, c.on)
			}
			if err := end(t.Context()); err != nil {
				t.Errorf("ending: %v", err)
			}
		})
	}
}
