package api

import (
	"bytes"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/yaml"
)

// document renders the OpenAPI document, the same bytes every time.
func document(o *huma.OpenAPI) ([]byte, error) {
	raw, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil, err
	}
	out, err := json.MarshalIndent(expandNullable(tree), "", "  ")
	return append(out, '\n'), err
}

// toYAML renders a JSON document as YAML.
func toYAML(doc []byte) ([]byte, error) {
	var out bytes.Buffer
	err := yaml.Convert(&out, bytes.NewReader(doc))
	return out.Bytes(), err
}

// expandNullable replaces the marks of [markNullable] by what JSON Schema says.
func expandNullable(node any) any {
	switch node := node.(type) {
	case map[string]any:
		for key, child := range node {
			node[key] = expandNullable(child)
		}
		if _, marked := node[nullableRef]; marked {
			ref := node["$ref"]
			delete(node, nullableRef)
			delete(node, "$ref")
			node["anyOf"] = []any{map[string]any{"$ref": ref}, map[string]any{"type": "null"}}
		}
	case []any:
		for i, child := range node {
			node[i] = expandNullable(child)
		}
	}
	return node
}
