package api

import (
	_ "example.test/house/gift"
	_ "example.test/house/gift/store"
)
