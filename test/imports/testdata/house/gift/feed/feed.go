package feed

import (
	_ "example.test/house/gift"
	_ "example.test/house/realtime"
	_ "example.test/house/realtime/sqllog"
	_ "example.test/house/realtime/ws"
)
