package ws

import (
	_ "example.test/house/realtime"
	_ "example.test/house/realtime/sqllog"
	_ "net/http"
)
