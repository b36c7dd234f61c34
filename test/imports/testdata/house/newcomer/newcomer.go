package newcomer

import (
	_ "example.test/house/cmd/tidings"
)
