package realtime_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// A delivery is a span in the trace that the event names, told of by Deliver or
// found in the log, and a line in the log.
// Guarantees: L3
func TestADeliveryIsASpanOfItsTrace(t *testing.T) {
	const told, found = "0af7651916cd43dd8448eb211c80319c", "4bf92f3577b34da6a3ce929d0e0e4736"
	var lines bytes.Buffer
	exporter := tracetest.NewInMemoryExporter()
	synctest.Test(t, func(t *testing.T) {
		log := memlog.New(memlog.Options{})
		hub := realtime.NewHub(log, guard{}, realtime.Options{
			Logger: slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug})),
			Traces: sdk.NewTracerProvider(sdk.WithSyncer(exporter)),
		})
		defer hub.Close()
		c := connect(t, hub, "anna")
		c.session.Receive([]byte(`{"action":"subscribe","topic":"user:anna"}`))
		event := func(trace string) realtime.Event {
			return realtime.Event{Topic: "user:anna", Type: realtime.Added, EntityID: "1", TraceID: trace, Timestamp: time.Now()}
		}
		hub.Deliver(log.Append(event(told)))
		synctest.Wait()
		hub.Deliver(log.Append(event("a-request-id"), event("")))
		log.Append(event(found))
		time.Sleep(2 * time.Second)
		if !strings.Contains(c.last(), found) {
			t.Errorf("the last frame is %s; want trace %s", c.last(), found)
		}
		c.session.Closed(realtime.CloseNormal)
	})
	spans := exporter.GetSpans()
	if len(spans) != 2 || spans[0].SpanContext.TraceID().String() != told || spans[1].SpanContext.TraceID().String() != found {
		t.Fatalf("%d spans: %+v; want one in each trace", len(spans), spans)
	}
	if took := spans[1].EndTime.Sub(spans[1].StartTime); took != realtime.DefaultHeadInterval {
		t.Errorf("a lost wake-up shows as %v; want the %v that it took", took, realtime.DefaultHeadInterval)
	}
	for _, want := range []string{`msg="event delivered" topic=user:anna seq=1 trace=` + told + " subscribers=1", `msg="session closed" session=`, "user=anna code=normal"} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, &lines)
		}
	}
}
