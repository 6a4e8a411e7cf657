package project

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write schema.json anew")

// schemaNames are the definitions of schema.json. Editors use project for quern.yml, file for the
// YAML files below the models, and model for front matter.
var schemaNames = map[*place]string{
	projectPlace: "project", filePlace: "file", modelPlace: "model", namedModelPlace: "described_model",
	columnPlace: "column", testConfigPlace: "test_config", seedPlace: "seed", sourcePlace: "source", tablePlace: "table",
	changesPlace: "changes", exposurePlace: "exposure", groupPlace: "group", selectorPlace: "selector",
	folderPlace: "folder", targetPlace: "target", pathsPlace: "paths", hooksPlace: "hooks", docsPlace: "persist_docs", grantsPlace: "grants", ownerPlace: "owner", macroPlace: "macro",
	genericPlace: "generic_test", singularPlace: "test", localPlace: "local", lockPlace: "lock",
	contractPlace: "contract", lockSourcePlace: "locked_source", lockTablePlace: "locked_table", lockColumnPlace: "locked_column",
}

type object = map[string]any

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

func schemaOf(k key) object {
	text, texts := object{"type": "string"}, object{"type": "array", "items": object{"type": "string"}}
	switch k.shape {
	case textShape, templateShape, thresholdShape:
		if k.values != nil {
			return object{"enum": k.values}
		}
		return text
	case switchShape:
		return object{"type": []string{"boolean", "string"}}
	case boolShape:
		return object{"type": "boolean"}
	case countShape:
		return object{"type": "integer", "minimum": 1}
	case wholeShape:
		return object{"type": "integer", "minimum": 0}
	case textsShape:
		return object{"anyOf": []any{text, texts}}
	case listShape:
		return texts
	case freeShape:
		return object{"type": "object"}
	case scalarsShape:
		return object{"type": "object", "additionalProperties": object{"type": []string{"string", "number", "boolean", "null"}}}
	case ownerShape:
		return object{"anyOf": []any{text, ref("owner")}}
	case testsShape:
		return object{"type": "array", "items": ref("test_use")}
	case argsShape:
		return object{"type": "array", "items": ref("argument")}
	case docsShape:
		return object{"anyOf": []any{object{"type": "boolean"}, ref(schemaNames[k.in])}}
	case placeShape:
		return ref(schemaNames[k.in])
	case placesShape:
		return object{"type": "array", "items": ref(schemaNames[k.in])}
	case levelsShape:
		return object{
			"type": "object", "propertyNames": object{"anyOf": []any{object{"pattern": "^W[0-9]{4}$"}, object{"enum": lintNames()}}},
			"additionalProperties": object{"enum": levelWords},
		}
	case namedShape:
		return object{"type": "object", "additionalProperties": ref(schemaNames[k.in])}
	default:
		return object{}
	}
}

// lintNames are the names among what can be re-levelled.
func lintNames() []string {
	return slices.DeleteFunc(warningNames(), func(word string) bool { return word[0] == 'W' })
}

func schemaOfPlace(p *place) object {
	properties, required := object{}, []string{}
	for _, k := range p.keys {
		if k.notYet != "" {
			continue
		}
		s := schemaOf(k)
		s["description"] = k.doc
		properties[k.name] = s
		if k.must {
			required = append(required, k.name)
		}
	}
	// A target has its engine's keys too.
	return object{"type": "object", "properties": properties, "required": required, "additionalProperties": p == targetPlace}
}

func schema() ([]byte, error) {
	defs := object{
		"test_use": object{"anyOf": []any{object{"type": "string"}, object{
			"type": "object", "minProperties": 1, "maxProperties": 1,
			"additionalProperties": object{"type": []string{"object", "null"}, "properties": object{"config": ref("test_config")}},
		}}},
		"argument": object{"anyOf": []any{object{"type": "string"}, object{"type": "object", "minProperties": 1, "maxProperties": 1}}},
	}
	for p, name := range schemaNames {
		defs[name] = schemaOfPlace(p)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "Quern",
		"description": "quern.yml is a project; a YAML file below the models is a file; front matter of a model is a model.",
		"anyOf":       []any{ref("project"), ref("file")},
		"$defs":       defs,
	})
	return b.Bytes(), err
}

func TestSchemaSaysWhatTheLoaderChecks(t *testing.T) {
	t.Parallel()
	want, err := schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("schema.json", want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Error("schema.json is not what the tables of keys give: run go test ./compiler/project -update")
	}
}

func TestEveryPlaceIsInTheSchema(t *testing.T) {
	t.Parallel()
	for p := range schemaNames {
		for _, k := range p.keys {
			if k.notYet != "" {
				continue
			}
			if k.doc == "" {
				t.Errorf("the key %q of %s has no description", k.name, p.title)
			}
			if k.in != nil && schemaNames[k.in] == "" {
				t.Errorf("the place of the key %q of %s is in no schema", k.name, p.title)
			}
		}
	}
	for _, p := range places() {
		if schemaNames[p] == "" {
			t.Errorf("%s is in no schema", p.title)
		}
	}
}
