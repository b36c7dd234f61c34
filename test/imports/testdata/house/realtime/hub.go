package realtime

import (
	_ "database/sql"
	_ "example.test/house/gift"
	_ "example.test/house/realtime/wire"
)
