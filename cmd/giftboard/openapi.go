package main

import (
	"fmt"

	"github.com/familygifting/tidings/cmd/internal/service"
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
	_, err := fmt.Fprintln(s.out, service.Version("giftboard", version))
	return err
}
