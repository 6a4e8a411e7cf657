package project_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/project"
)

// generate writes a project of n models of about 1.3 KB in folders of 20, each with a YAML file
// that describes columns and tests. Every second model has front matter.
func generate(tb testing.TB, n int) string {
	tb.Helper()
	dir := tb.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	write("quern.yml", "name: bench\ntarget: dev\ntargets: {dev: {type: duckdb, path: bench.duckdb}}\nmodels: {layer_0: {materialized: table, tags: [base]}}\n")
	filler := strings.Repeat("    case when a.amount > 10 then a.amount * 2 else a.amount end as amount_x,\n", 13)
	for first := 0; first < n; first += 20 {
		layer, folder := first/2000, fmt.Sprintf("models/layer_%d/folder_%d", first/2000, first/20)
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			tb.Fatal(err)
		}
		var yaml strings.Builder
		yaml.WriteString("models:\n")
		for i := first; i < min(first+20, n); i++ {
			var sql strings.Builder
			if i%2 == 0 {
				fmt.Fprintf(&sql, "/* ---\ntags: [daily, layer_%d]\nowner: data\n--- */\n", layer)
			}
			fmt.Fprintf(&sql, "select\n    a.id,\n%s    b.name\nfrom {{ ref \"model_%d\" }} a\njoin {{ ref \"model_%d\" }} b on a.id = b.id\n", filler, i/2, i/3)
			write(fmt.Sprintf("%s/model_%d.sql", folder, i), sql.String())
			fmt.Fprintf(&yaml, "  - name: model_%d\n    description: One row per thing, with what is known of it.\n    columns:\n", i)
			yaml.WriteString("      - name: id\n        description: The key.\n        tests: [not_null, unique]\n")
			yaml.WriteString("      - {name: amount, type: bigint, tests: [{between: {min: 0, max: 1000}}]}\n")
			yaml.WriteString("      - name: name\n        description: What people call it.\n")
		}
		write(folder+"/models.yml", yaml.String())
	}
	return dir
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			fsys := os.DirFS(generate(b, n))
			b.ReportAllocs()
			for b.Loop() {
				p, diags, err := project.Load(b.Context(), fsys, project.Options{})
				if err != nil || len(diags) > 0 || len(p.Models) != n {
					b.Fatalf("Load: %d models, %v %v", len(p.Models), show(diags), err)
				}
			}
			b.StopTimer()
			reportHeld(b, fsys)
		})
	}
}

// reportHeld reports how much memory a loaded project holds.
func reportHeld(b *testing.B, fsys fs.FS) {
	b.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p, _, err := project.Load(b.Context(), fsys, project.Options{})
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "held-MB")
	runtime.KeepAlive(p)
}
