//go:build cgo

package compiler_test

import (
	"os"
	"testing"

	"github.com/quernsql/quern/compiler/internal/generate"
	"github.com/quernsql/quern/compiler/run"
)

func TestGeneratedProjectsBuild(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		files generate.Files
		tests int
	}{
		"layered": {generate.Layered{Models: 60}.Files(), 120},
		"tables":  {generate.Layered{Models: 20, Layers: 4, Materialized: "table"}.Files(), 40},
		"views":   {generate.Layered{Models: 12, Layers: 3, Materialized: "view"}.Files(), 24},
		"trivial": {generate.Trivial(30), 60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := tc.files.Write(dir); err != nil {
				t.Fatal(err)
			}
			results, diags := resultsOnDuckDB(t, os.DirFS(dir), dir)
			if results == nil || len(diags) > 0 {
				t.Fatalf("compile:\n%s", describe(diags))
			}
			passed := 0
			for _, step := range results.Steps {
				if step.Status != run.Success && step.Status != run.Pass {
					t.Errorf("%s: %s %s", step.ID, step.Status, step.Reason)
				}
				for _, test := range step.Tests {
					if test.Status == run.Pass {
						passed++
					}
				}
			}
			if passed != tc.tests {
				t.Errorf("%d tests passed, want %d", passed, tc.tests)
			}
		})
	}
}
