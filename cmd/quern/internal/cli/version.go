package cli

import (
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/cmd/quern/internal/view"
)

func newVersionCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of quern and of the engines inside",
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return a.View.Versions(versions(a)) },
	}
}

// versions gives the versions without opening or reading anything.
func versions(a *App) view.Versions {
	x := view.Versions{
		Quern: Version, Engines: map[string]string{},
		Go: goVersion(), Commit: commit(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	for name, adapter := range a.Registry {
		if adapter.Version == nil {
			continue
		}
		if v := adapter.Version(); v != "" {
			x.Engines[name] = v
		}
	}
	return x
}

// goVersion gives the compiler's version without its experiments.
func goVersion() string {
	version, _, _ := strings.Cut(runtime.Version(), " ")
	return version
}

// commit gives the commit the binary was built from, with a + where files had been changed; it is
// empty where the build did not record it.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	revision, changed := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)]
		case "vcs.modified":
			if s.Value == "true" {
				changed = "+"
			}
		}
	}
	if revision == "" {
		return ""
	}
	return revision + changed
}
