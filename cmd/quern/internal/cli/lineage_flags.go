package cli

import (
	"github.com/spf13/pflag"

	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/trace"
)

type lineageFlags struct {
	selectFlags
	up, down int
	impact   bool
	// limited says that --up or --down was given.
	limited bool
}

// hideDefault keeps the default of flags out of the help, which says it in words.
func hideDefault(set *pflag.FlagSet, names ...string) {
	for _, name := range names {
		set.Lookup(name).DefValue = "0"
	}
}

// check refuses flags that do not go together.
func (f *lineageFlags) check(a *App, args []string) error {
	drawing := a.Flags.Output == view.Mermaid || a.Flags.Output == view.DOT
	switch {
	case f.up < trace.Unlimited || f.down < trace.Unlimited:
		return usagef(diag.BadFlagValue, "--%s takes no %d", map[bool]string{true: "up", false: "down"}[f.up < trace.Unlimited],
			min(f.up, f.down)).hint("use a whole number from 0 up")
	case len(args) > 0 && !f.all():
		return usagef(diag.WrongArguments, "names and selections cannot stand together").
			hint("name nodes, or choose them with --select and --exclude")
	case len(args) == 0 && f.impact:
		return usagef(diag.WrongArguments, "--impact needs a name").hint("name what changes, as NODE or NODE#COLUMN")
	case len(args) == 0 && f.limited:
		return usagef(diag.WrongArguments, "--up and --down need a name").
			hint("name a node, or choose nodes with --select, such as 2+orders+1")
	case f.impact && f.limited:
		return usagef(diag.WrongArguments, "--impact takes neither --up nor --down").hint("it tells all that is touched")
	case f.impact && drawing:
		return usagef(diag.BadFlagValue, "--impact cannot be drawn as %s", a.Flags.Output).hint("use one of: text, json")
	}
	return nil
}
