package main

import (
	"fmt"
	"runtime"

	"github.com/familygifting/tidings/gift/api"
)

// openapiCmd prints the OpenAPI document.
type openapiCmd struct{}

func (openapiCmd) Run(s streams) error {
	doc, err := api.Document()
	if err != nil {
		return err
	}
	_, err = s.out.Write(doc)
	return err
}

// versionCmd prints the version.
type versionCmd struct{}

func (versionCmd) Run(s streams) error {
	_, err := fmt.Fprintf(s.out, "giftboard %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
