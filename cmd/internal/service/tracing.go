package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// otlpProtocol is the one protocol that traces are sent by.
const otlpProtocol = "http/protobuf"

// Tracing returns where a server's spans go, by OpenTelemetry's own environment:
// OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) turns it
// on, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER,
// OTEL_EXPORTER_OTLP_HEADERS and OTEL_BSP_* tune it, OTEL_SDK_DISABLED=true turns
// it off. Without an endpoint the provider is nil, and tracing costs nothing.
// End sends what is left; it is never nil.
func Tracing(ctx context.Context, name string) (provider trace.TracerProvider, end func(context.Context) error, err error) {
	none := func(context.Context) error { return nil }
	if !wanted() {
		return nil, none, nil
	}
	if protocol := env("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"); protocol != "" && protocol != otlpProtocol {
		return nil, none, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL is %q: traces are sent by %s alone", protocol, otlpProtocol)
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, none, fmt.Errorf("setting up traces: %w", err)
	}
	// The environment comes last, and so has the last word on the name.
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(attribute.String("service.name", name)), resource.WithFromEnv())
	if err != nil {
		return nil, none, errors.Join(fmt.Errorf("setting up traces: %w", err), exporter.Shutdown(ctx))
	}
	p := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))
	return p, p.Shutdown, nil
}

// wanted reports whether the environment asks for traces.
func wanted() bool {
	off := strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || os.Getenv("OTEL_TRACES_EXPORTER") == "none"
	return !off && env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT") != ""
}

// env returns the first of the variables that is set.
func env(names ...string) string {
	value := ""
	for _, name := range names {
		value = cmp.Or(value, os.Getenv(name))
	}
	return value
}
