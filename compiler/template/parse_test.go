package template

import (
	"context"
	"fmt"
	"sync"
	"testing"
)

// TestManyRenderAtOnce renders the same templates from several goroutines: what they share is
// memory that is used again.
func TestManyRenderAtOnce(t *testing.T) {
	t.Parallel()
	files := map[string]string{"macros/wide a": `{{ range list .a "x" }}{{ ref "deep" }}.{{ . }}{{ end }}`}
	for i := range 40 {
		files[fmt.Sprintf("models/m%d", i)] = fmt.Sprintf(`select {{ wide "%d" }}, {{ range $i, $x := list "a" "b" }}{{ ref $x }}{{ $i }}{{ end }} from {{ ref "r%d" }}`, i, i)
	}
	parsed, diags := Parse(context.Background(), newProject(files))
	if len(diags) > 0 {
		t.Fatal(messages(diags))
	}
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for i := range 40 {
				r, diags := parsed.Render(context.Background(), parsed.Models[fmt.Sprintf("m%d", i)], newEnv())
				if len(diags) > 0 {
					t.Error(messages(diags))
					return
				}
				want := fmt.Sprintf("select <model.deep>.%d<model.deep>.x, <model.a>0<model.b>1 from <model.r%d>", i, i)
				if got := show(r); got != want {
					t.Errorf("Render gives %q, want %q", got, want)
				}
				if at := r.Holes[0].At; len(at) != 2 || at[1].Path() != "macros/wide.sql" || at[0].Path() != fmt.Sprintf("models/m%d.sql", i) {
					t.Errorf("the first hole stands at %v", at)
				}
			}
		})
	}
	wg.Wait()
}

func TestParseEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	parsed, diags := Parse(ctx, newProject(map[string]string{"models/m": `{{ ref "a" }}`}))
	if len(diags) > 0 {
		t.Errorf("a cancelled parse reports %q", messages(diags))
	}
	if r, diags := parsed.Render(context.Background(), parsed.Models["m"], newEnv()); r != nil || len(diags) > 0 {
		t.Errorf("a template that was not read renders as %v, %q", r, messages(diags))
	}
}
