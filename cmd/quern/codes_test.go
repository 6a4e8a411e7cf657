//go:build cgo

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/quernsql/quern/compiler/diag"
)

// codesPage lists every code for people; it is written with -update.
const codesPage = "../../compiler/diag/CODES.md"

var codeInMessage = regexp.MustCompile(`(?:error|warning)\[([EW]\d{4})\]`)

// codesPageIsCurrent keeps the list of codes equal to the code table and to what the scripts of bad
// input really print. With -update it runs after them.
func codesPageIsCurrent(t *testing.T) {
	examples := codeExamples(t)
	var b strings.Builder
	b.WriteString("# Codes of diagnostics\n\n" +
		"A code never changes its meaning. The examples are what the scripts below\n" +
		"`cmd/quern/testdata/script/bad` print; `go test ./cmd/quern -update` writes this page. The key\n" +
		"`warnings:` of quern.yml gives warnings other levels: `error`, `warn` or `off`.\n")
	for _, code := range diag.Codes() {
		fmt.Fprintf(&b, "\n## %s: %s\n", code, diag.Title(code))
		if name := diag.Name(code); name != "" {
			fmt.Fprintf(&b, "\nIn `warnings:` it also goes by `%s`.\n", name)
		}
		if example, ok := examples[code]; ok {
			fmt.Fprintf(&b, "\n```\n%s```\n", example)
		}
	}
	if *update {
		if err := os.WriteFile(codesPage, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(codesPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(page), b.String()); diff != "" {
		t.Errorf("%s is not current; run go test ./cmd/quern -update (-want +got):\n%s", codesPage, diff)
	}
	if len(examples) < 60 {
		t.Errorf("only %d codes have an example", len(examples))
	}
}

// codeExamples gives, by code, the first message of the first script whose output begins with it.
func codeExamples(t *testing.T) map[diag.Code]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/script/bad/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	examples := map[diag.Code]string{}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name != "want" {
				continue
			}
			example, _, _ := strings.Cut(string(file.Data), "\n\n")
			m := codeInMessage.FindStringSubmatch(example)
			if m == nil {
				t.Errorf("%s shows no code", path)
				continue
			}
			if _, ok := examples[diag.Code(m[1])]; !ok {
				examples[diag.Code(m[1])] = strings.TrimRight(example, "\n") + "\n"
			}
		}
	}
	return examples
}
