package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// jsonValue reads a file, or stdout or stderr, as JSON and compares the value at a path with a text:
//
//	json stdout nodes[id=model.orders].columns.0.name order_id
//	json stdout nodes.# 3
//	! json stdout nodes[id=model.gone]
//
// A path has names, indexes, # for the length, and [name=text] for the first element like that.
// Without a text the value must be there. Strings compare as they are, all else as JSON with sorted keys. Several
// values, one a line, are read as an array.
func jsonValue(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 || neg && len(args) == 3 {
		ts.Fatalf("usage: [!] json FILE PATH [VALUE]")
	}
	value, err := readJSON(ts.ReadFile(args[0]))
	if err != nil {
		ts.Fatalf("%s is not JSON: %v", args[0], err)
	}
	got, err := at(value, args[1])
	switch {
	case neg && err == nil:
		ts.Fatalf("%s: %s is there: %s", args[0], args[1], got)
	case neg:
	case err != nil:
		ts.Fatalf("%s: %s: %v", args[0], args[1], err)
	case len(args) == 3 && got != args[2]:
		ts.Fatalf("%s: %s is %s, want %s", args[0], args[1], got, args[2])
	}
}

func readJSON(text string) (any, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var values []any
	for {
		var v any
		switch err := dec.Decode(&v); {
		case err == nil:
			values = append(values, v)
		case !errors.Is(err, io.EOF):
			return nil, err
		case len(values) == 0:
			return nil, errors.New("there is nothing in it")
		case len(values) == 1:
			return values[0], nil
		default:
			return values, nil
		}
	}
}

// at gives the value at a path as text.
func at(value any, path string) (string, error) {
	var err error
	for _, step := range steps(path) {
		if value, err = follow(value, step); err != nil {
			return "", err
		}
	}
	if s, ok := value.(string); ok {
		return s, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err = enc.Encode(value)
	return strings.TrimSpace(b.String()), err
}

// steps cuts a path at its dots and before its brackets.
func steps(path string) []string {
	var out []string
	for path != "" {
		if strings.HasPrefix(path, "[") {
			inside, rest, _ := strings.Cut(path, "]")
			out, path = append(out, inside+"]"), strings.TrimPrefix(rest, ".")
			continue
		}
		i := strings.IndexAny(path, ".[")
		if i < 0 {
			return append(out, path)
		}
		out, path = append(out, path[:i]), strings.TrimPrefix(path[i:], ".")
	}
	return out
}

func follow(value any, step string) (any, error) {
	switch v := value.(type) {
	case map[string]any:
		if inner, ok := v[step]; ok {
			return inner, nil
		}
		return nil, fmt.Errorf("there is no %q", step)
	case []any:
		if step == "#" {
			return json.Number(strconv.Itoa(len(v))), nil
		}
		if name, want, ok := strings.Cut(strings.Trim(step, "[]"), "="); ok {
			for _, element := range v {
				if got, err := at(element, name); err == nil && got == want {
					return element, nil
				}
			}
			return nil, fmt.Errorf("there is no element with %s", step)
		}
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(v) {
			return v[i], nil
		}
		return nil, fmt.Errorf("there is no element %q of %d", step, len(v))
	default:
		return nil, fmt.Errorf("%v has nothing at %q", value, step)
	}
}

// crlf ends the lines of files with a carriage return and a line feed: crlf FILE...
func crlf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: crlf FILE...")
	}
	for _, name := range args {
		text := strings.ReplaceAll(ts.ReadFile(name), "\r\n", "\n")
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(strings.ReplaceAll(text, "\n", "\r\n")), 0o600))
	}
}

func TestJSONPaths(t *testing.T) {
	t.Parallel()
	const text = `{"version":1,"nodes":[{"id":"a.b","tags":[]},{"id":"c","columns":[{"name":"x"}],"more":null}]}`
	value, err := readJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ path, want string }{
		{"version", "1"},
		{"nodes.#", "2"},
		{"nodes.0.tags", "[]"},
		{"nodes[id=c].columns.0.name", "x"},
		{"nodes[id=c].more", "null"},
		{"nodes[id=a.b].tags.#", "0"},
	} {
		if got, err := at(value, tc.path); err != nil || got != tc.want {
			t.Errorf("at(%s) = %q, %v, want %q", tc.path, got, err, tc.want)
		}
	}
	for _, path := range []string{"gone", "nodes.2", "nodes[id=d]", "version.x"} {
		if got, err := at(value, path); err == nil {
			t.Errorf("at(%s) = %q, want an error", path, got)
		}
	}
}
