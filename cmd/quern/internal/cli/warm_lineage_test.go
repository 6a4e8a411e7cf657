//go:build cgo

package cli_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newColumn gives a world in which one model has another column than when all was compiled.
func newColumn(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, 1)
	w.write("models/plain.sql", "select {{ literal (env_var \"WARM_NAME\" \"none\") }} as name, 1 as n")
	w.now = time.Now().Add(time.Hour) // all times are old enough to be trusted
	if out := w.run("compile"); !strings.HasPrefix(out, "exit code 0") {
		t.Fatal(out)
	}
	w.replace("models/plain.sql", "1 as n", "1 as n, 2 as more")
	return w
}

// TestEditedLineageIsRewritten shows that the file is patched and not made anew: what is damaged of it after
// it was compared stays.
func TestEditedLineageIsRewritten(t *testing.T) {
	t.Parallel()
	lookups := 0
	w := newColumn(t)
	w.lookup = func(string) { lookups++ }
	w.run("compile")
	last := lookups // it is when the model is rendered, and the file was compared long before

	w = newColumn(t)
	lookups = 0
	const name = "target/lineage.json"
	w.lookup = func(string) {
		if lookups++; lookups == last {
			w.replace(name, "passthrough", "PASSTHROUGH")
		}
	}
	if out := w.run("compile"); !strings.HasPrefix(out, "exit code 0") {
		t.Fatal(out)
	}
	if got := w.read(name); !strings.Contains(got, "PASSTHROUGH") || !strings.Contains(got, `"more"`) {
		t.Errorf("after %d lookups the file is not as it was but for what changed:\n%s", lookups, got)
	}
}

// TestLineageChangesMeanwhile takes the file away, or writes another one, at every moment at which a compile
// asks for a variable of the environment.
func TestLineageChangesMeanwhile(t *testing.T) {
	t.Parallel()
	for moment := 1; moment <= 3; moment++ {
		for _, text := range []string{"", "{}"} {
			w := newColumn(t)
			lookups := 0
			w.lookup = func(string) {
				if lookups++; lookups != moment {
					return
				}
				if text == "" {
					w.must(os.Remove(w.path("target/lineage.json")))
					return
				}
				w.write("target/lineage.json", text)
			}
			w.run("compile")
			if lookups < moment {
				t.Fatalf("there are %d lookups", lookups)
			}
			warm := w.written()
			w.lookup = nil
			w.run("compile", "--no-cache")
			if diff := cmp.Diff(w.written(), warm); diff != "" {
				t.Errorf("at lookup %d the file becomes %q; then what is written (-cold +warm):\n%s", moment, text, diff)
			}
		}
	}
}

func (w *world) lookupEnv(name string) (string, bool) {
	if w.lookup != nil && strings.HasPrefix(name, "WARM_") {
		w.lookup(name)
	}
	value, ok := w.env[name]
	return value, ok
}
