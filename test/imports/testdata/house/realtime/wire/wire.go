package wire

import (
	_ "example.test/house/realtime"
)
