package main

import (
	_ "example.test/house/gift/feed"
	_ "example.test/house/realtime/ws"
)
