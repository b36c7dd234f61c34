package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// configFlag is the flag that names the file.
const configFlag = "config"

// maxConfig is the most bytes of the file.
const maxConfig = 1 << 20

// configFile gives flags the values of the file that --config names, where neither the
// command line nor a variable does.
type configFile struct {
	path   string
	values map[string]any // by the names of flags; nil until it was read
}

// Validate implements [kong.Resolver].
func (f *configFile) Validate(*kong.Application) error { return nil }

// Resolve implements [kong.Resolver].
func (f *configFile) Resolve(ctx *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	command := ctx.Selected()
	if command == nil || flag.Name == configFlag || flag.Name == "help" || flag.Name == "version" {
		return nil, nil
	}
	if f.values == nil {
		if err := f.read(ctx, command); err != nil {
			return nil, err
		}
	}
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	return f.values[flag.Name], nil
}

// configError is what is wrong with the file. The parser puts the flag before it that it
// was about to set, which has no part in it.
type configError struct {
	path string
	err  error
}

// Error implements error, in one line.
func (e *configError) Error() string {
	return fmt.Sprintf("--%s %s: %s", configFlag, e.path, strings.Join(strings.Fields(e.err.Error()), " "))
}

// read reads the file, if one is named, and refuses what is no setting. Every command
// reads the file of serve, and takes what it has a flag for.
func (f *configFile) read(ctx *kong.Context, command *kong.Node) error {
	f.values = make(map[string]any)
	for _, flag := range command.Flags {
		if flag.Name == configFlag {
			f.path, _ = ctx.FlagValue(flag).(string)
		}
	}
	if f.path == "" {
		return nil
	}
	values, err := readConfig(f.path)
	if err != nil {
		return &configError{f.path, err}
	}
	names := settingsOf(ctx.Model)
	for name, value := range values {
		if err := checkSetting(name, value, names); err != nil {
			return &configError{f.path, err}
		}
	}
	f.values = values
	return nil
}

// settingsOf returns the names of the flags of serve.
func settingsOf(app *kong.Application) (names []string) {
	for _, command := range app.Children {
		if command.Name != "serve" {
			continue
		}
		for _, flag := range command.Flags {
			names = append(names, flag.Name)
		}
	}
	return names
}

func readConfig(path string) (map[string]any, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, maxConfig+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxConfig:
		return nil, fmt.Errorf("has more than %d bytes", maxConfig)
	}
	var nodes map[string]yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	if err := decoder.Decode(&nodes); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("must have a setting on each line, as name: value: %w", err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("must be one document")
	}
	values := make(map[string]any, len(nodes))
	for name, node := range nodes {
		values[name] = settingOf(&node)
	}
	return values, nil
}

// settingOf is a setting as it is written: 0660 is no number here, and 1_000 neither. It
// is nil where it is neither a text nor a list of them.
func settingOf(node *yaml.Node) any {
	switch node.Kind {
	case yaml.ScalarNode:
		if node.Tag != "!!null" {
			return node.Value
		}
	case yaml.SequenceNode:
		list := make([]any, 0, len(node.Content))
		for _, element := range node.Content {
			if element.Kind != yaml.ScalarNode || element.Tag == "!!null" {
				return nil
			}
			list = append(list, element.Value)
		}
		return list
	}
	return nil
}

func checkSetting(name string, value any, names []string) error {
	for _, known := range names {
		if name != known || name == configFlag || name == "help" {
			continue
		}
		if value == nil {
			return fmt.Errorf("%s must be a value, or a list of values", name)
		}
		return nil
	}
	return fmt.Errorf("there is no setting %q%s", name, service.DidYouMean(name, names))
}
