package wire_test

import (
	"strings"
	"testing"

	"github.com/familygifting/tidings/realtime/wire"
)

// The requests that a client sends while it connects.
func BenchmarkParseRequest(b *testing.B) {
	topics := strings.TrimSuffix(strings.Repeat(`{"topic":"list-items:0h3k9x2m4q7r8s5t6v1w","since":{"epoch":"k3f9","seq":41}},`, 20), ",")
	for i := range 20 {
		topics = strings.Replace(topics, "0h3k9x2m4q7r8s5t6v1w", "0h3k9x2m4q7r8s5t6v"+string(rune('a'+i)), 1)
	}
	for name, frame := range map[string]string{
		"auth":      `{"action":"auth","token":"` + strings.Repeat("eyJhbGciOi", 40) + `"}`,
		"subscribe": `{"action":"subscribe","topic":"list-items:0h3k9x2m4q7r8s5t6v1w","since":{"epoch":"k3f9","seq":41},"ref":"a"}`,
		"twenty":    `{"action":"subscribe","topics":[` + topics + `],"ref":"a"}`,
		"ping":      `{"action":"ping"}`,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(frame)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := wire.ParseRequest([]byte(frame)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
