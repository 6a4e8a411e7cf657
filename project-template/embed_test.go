package projecttemplate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	projecttemplate "github.com/quernsql/quern/project-template"
)

func TestFilesAreASmallProject(t *testing.T) {
	t.Parallel()
	files, err := projecttemplate.Files("shop")
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path)
	}
	want := []string{
		".gitignore", "README.md", "macros/pounds.sql", "models/daily_takings.sql",
		"models/sale_amounts.sql", "models/sales.yml", "quern.yml", "seeds/sales.csv",
		"tests/takings_match_sales.sql",
	}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

func TestFilesCarryTheName(t *testing.T) {
	t.Parallel()
	files, err := projecttemplate.Files("shop")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.Contains(f.Text, "little_mill") {
			t.Errorf("%s still has the template's own name", f.Path)
		}
		named := strings.Contains(f.Text, "shop\n") || strings.Contains(f.Text, "shop.duckdb")
		if want := f.Path == "quern.yml" || f.Path == "README.md"; named != want {
			t.Errorf("%s has the project's name: %v, want %v", f.Path, named, want)
		}
	}
}
