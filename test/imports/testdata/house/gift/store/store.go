package store

import (
	_ "example.test/house/gift"
	_ "pgregory.net/rapid"
)
