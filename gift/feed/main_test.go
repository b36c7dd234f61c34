package feed_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		moveUntilKilled(path)
	}
	goleak.VerifyTestMain(m)
}
