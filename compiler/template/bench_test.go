package template

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// manyModels makes a project of n models of 1.3 KB with two refs each.
func manyModels(n int) *project.Project {
	p := &project.Project{}
	for i := range n {
		var b strings.Builder
		fmt.Fprintf(&b, "with orders as (\n  select * from {{ ref \"model_%d\" }}\n), customers as (\n  select * from {{ ref \"model_%d\" }}\n)\nselect\n", i/2, i/3)
		for c := 0; b.Len() < 1230; c++ {
			fmt.Fprintf(&b, "  coalesce(orders.amount_%d, 0) * 1.19 as gross_%d,\n", c, c)
		}
		b.WriteString("  customers.id\nfrom orders join customers on orders.customer_id = customers.id\n")
		name := fmt.Sprintf("model_%d", i)
		file := source.NewFile("models/"+name+".sql", b.String())
		p.Models = append(p.Models, &project.Model{ID: project.ID("model." + name), Name: name, File: file, Body: file.Span(0, len(file.Text))})
	}
	return p
}

func BenchmarkParse10000(b *testing.B) {
	p := manyModels(10_000)
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		if _, diags := Parse(context.Background(), p); len(diags) > 0 {
			b.Fatal(messages(diags))
		}
	}
}

func BenchmarkRender10000(b *testing.B) {
	p := manyModels(10_000)
	parsed, _ := Parse(context.Background(), p)
	env := newEnv()
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		diags := parallel(context.Background(), len(p.Models), func(i int) (out diag.List) {
			_, out = parsed.Render(context.Background(), parsed.Models[p.Models[i].Name], env)
			return out
		})
		if len(diags) > 0 {
			b.Fatal(messages(diags))
		}
	}
}
