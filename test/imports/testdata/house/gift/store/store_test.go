package store_test

import (
	_ "example.test/house/realtime"
	_ "testing"
)
