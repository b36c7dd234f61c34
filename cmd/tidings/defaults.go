package main

import (
	"fmt"

	"github.com/alecthomas/kong"

	"github.com/familygifting/tidings/realtime/jwtauth"
)

// defaults are those of the packages that the flags tune, which know best.
var defaults = kong.Vars{
	"max_revocations": fmt.Sprint(jwtauth.DefaultMaxRevocations),
}
