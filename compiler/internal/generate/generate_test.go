package generate_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/internal/generate"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// count is what a shape comes to once it is linked.
type count struct {
	Models, Tests, Refs int
}

func linked(t *testing.T, files generate.Files) (*link.Graph, count) {
	t.Helper()
	p, diags, err := project.Load(t.Context(), files.FS(), project.Options{})
	if err != nil || len(diags) > 0 {
		t.Fatalf("load: %v, %d diagnostics", err, len(diags))
	}
	parsed, diags := template.Parse(t.Context(), p)
	if len(diags) > 0 {
		t.Fatalf("parse: %s", diags[0].Message)
	}
	g, diags := link.Build(p, parsed)
	if len(diags) > 0 {
		t.Fatalf("link: %s", diags[0].Message)
	}
	var c count
	for _, n := range g.Nodes {
		switch n.Kind {
		case link.Model:
			c.Models++
			c.Refs += len(n.Unit.Refs)
			if len(n.Parents) == 0 && c.Refs > 0 && strings.Contains(n.Name, "model_") {
				t.Errorf("%s reads nothing", n.ID)
			}
		case link.Test:
			c.Tests++
		case link.Seed, link.Source, link.Exposure:
		}
	}
	return g, c
}

func TestShapesHaveTheirNumbers(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		files generate.Files
		want  count
	}{
		{"layered", generate.Layered{Models: 500}.Files(), count{500, 1000, 1000}},
		{"one model", generate.Layered{Models: 1}.Files(), count{1, 2, 2}},
		{"odd layers", generate.Layered{Models: 103, Layers: 7}.Files(), count{103, 206, 206}},
		{"classic", generate.Classic(), count{2000, 6000, 13656}},
		{"wide", generate.Wide(200, 300, 10), count{200, 0, 180}},
		{"trivial", generate.Trivial(1000), count{1000, 2000, 0}},
		{"shallow", generate.Shallow(10, 90), count{100, 10, 90}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, got := linked(t, tc.files)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLayeredModelsHaveTheirSizeAndPlace(t *testing.T) {
	t.Parallel()
	files := generate.Layered{Models: 200}.Files()
	sizes, perFolder, yaml := 0, map[string]int{}, 0
	for name, text := range files {
		switch filepath.Ext(name) {
		case ".sql":
			if strings.HasPrefix(name, "models/") {
				sizes += len(text)
				perFolder[filepath.Dir(name)]++
			}
		case ".yml":
			yaml++
		}
	}
	if mean := sizes / 200; mean < 1250 || mean > 1450 {
		t.Errorf("a model has %d bytes, want about 1,300", mean)
	}
	for folder, models := range perFolder {
		if models != 20 {
			t.Errorf("%s has %d models", folder, models)
		}
	}
	if yaml != 10+1 {
		t.Errorf("%d YAML files, want one per folder and quern.yml", yaml)
	}
	g, _ := linked(t, files)
	if deepest := slices.Max(g.Level); deepest != 11 { // the seed, ten layers, the tests
		t.Errorf("the graph has %d levels, want 11", deepest)
	}
}

func TestClassicModelsReadEachOtherOnce(t *testing.T) {
	t.Parallel()
	g, _ := linked(t, generate.Classic())
	for _, n := range g.Nodes {
		if n.Kind == link.Model && len(n.Parents) != len(n.Unit.Refs) {
			t.Errorf("%s has %d refs to %d models", n.ID, len(n.Unit.Refs), len(n.Parents))
		}
	}
}

func TestWriteGivesTheSameFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := generate.Layered{Models: 30}.Files()
	if err := files.Write(dir); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(files, generate.Layered{Models: 30}.Files()); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
	for name, text := range files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != text {
			t.Errorf("%s: %v, differs %v", name, err, string(got) != text)
		}
	}
}
