package gift

import (
	_ "example.test/house/realtime"
	_ "net/http"
)
