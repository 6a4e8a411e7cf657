package cli

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// The values of --output.
const (
	outputText = "text"
	outputJSON = "json"
)

// GlobalFlags are the flags of every command.
type GlobalFlags struct {
	ProjectDir string
	Target     string
	// Env is the environment; envSet says that it was written.
	Env string
	// Defer is how an environment reads; deferSet says that it was written.
	Defer, deferSet bool
	envSet          bool
	Vars            []string
	RunTime         string
	Output          string
	Color           string
	// Threads is 0 where the target's own number counts.
	Threads        int
	threadsSet     bool
	Quiet, Verbose bool
	// NoCache takes nothing from target/cache, NoStatCache trusts no times of files.
	NoCache, NoStatCache bool
	// LockTimeout is how long a command waits for a target that another process holds.
	LockTimeout time.Duration
}

// outputFlag gives a command an --output of its own, in the place of the global one.
func (a *App) outputFlag(cmd *cobra.Command, formats ...string) {
	last := len(formats) - 1
	cmd.Flags().StringVar(&a.Flags.Output, "output", outputText, "`format` of the result: "+
		strings.Join(formats[:last], ", ")+" or "+formats[last])
	// An error says that the flag has its completion already.
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	cmd.Annotations = map[string]string{outputFormats: strings.Join(formats, " ")}
}

// outputFormats is the annotation of a command whose --output may be more than text and json.
const outputFormats = "output"

func (f *GlobalFlags) register(set *pflag.FlagSet) {
	set.StringVar(&f.ProjectDir, "project-dir", "", "project `folder` (default: this one or a parent with quern.yml)")
	set.StringVar(&f.Target, "target", "", "`name` of the target (default: the one quern.yml names)")
	set.StringVar(&f.Env, "env", "", "build and read in the environment of this `name` instead of the target (default: the target's env)")
	set.StringArrayVar(&f.Vars, "var", nil, "set a variable, as `name=value`; may be repeated")
	set.StringVar(&f.RunTime, "run-time", "", "the build's own `instant` (default: now)")
	set.StringVar(&f.Output, "output", outputText, "`format` of the result: text or json")
	set.IntVar(&f.Threads, "threads", 0, "`number` of statements at work at once (default: the target's)")
	set.StringVar(&f.Color, "color", "auto", "`when` to use colours: auto, always or never")
	set.BoolVar(&f.NoCache, "no-cache", false, "find everything anew; neither read nor write target/cache")
	set.BoolVar(&f.NoStatCache, "no-stat-cache", false, "compare the text of files instead of their times")
	set.BoolVarP(&f.Quiet, "quiet", "q", false, "say only what went wrong, and the result")
	set.BoolVarP(&f.Verbose, "verbose", "v", false, "say more")
}

func (f *GlobalFlags) validate(cmd *cobra.Command) error {
	formats := []string{outputText, outputJSON}
	if more, ok := cmd.Annotations[outputFormats]; ok {
		formats = strings.Fields(more)
	}
	for _, c := range []struct {
		flag, value string
		allowed     []string
	}{
		{"output", f.Output, formats},
		{"color", f.Color, []string{"auto", "always", "never"}},
	} {
		if !slices.Contains(c.allowed, c.value) {
			e := usagef(diag.BadFlagValue, "--%s takes no %q", c.flag, c.value).
				hint("use one of: %s", oneOf(c.allowed))
			return e.nearest(c.value, c.allowed)
		}
	}
	if f.envSet && !project.IsEnvironment(f.Env) {
		return usagef(diag.BadFlagValue, "--env takes no %q", f.Env).hint(project.NameOfEnvironment)
	}
	if f.Threads < 0 || f.Threads == 0 && f.threadsSet {
		return usagef(diag.BadFlagValue, "--threads takes no %d", f.Threads).hint("use a whole number from 1 up")
	}
	if f.LockTimeout < 0 {
		return usagef(diag.BadFlagValue, "--lock-timeout takes no %s", f.LockTimeout).hint("use 0 to wait for nothing, or a time such as 30s or 10m")
	}
	for _, v := range f.Vars {
		if name, _, ok := strings.Cut(v, "="); !ok || name == "" {
			return usagef(diag.BadFlagValue, "--var takes no %q", v).hint("write it as name=value")
		}
	}
	_, err := f.runTime(time.Time{})
	return err
}

// vars gives the variables by name; the last value of a name wins.
func (f *GlobalFlags) vars() map[string]string {
	out := make(map[string]string, len(f.Vars))
	for _, v := range f.Vars {
		name, value, _ := strings.Cut(v, "=")
		out[name] = value
	}
	return out
}

// runTime gives the instant of --run-time in UTC, or now where it is not set.
func (f *GlobalFlags) runTime(now time.Time) (time.Time, error) {
	if f.RunTime == "" {
		return now.UTC(), nil
	}
	return instant("--run-time", f.RunTime)
}

// instant reads the value of a flag; without a zone it is UTC.
func instant(flag, text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usagef(diag.BadFlagValue, "%s takes no %q", flag, text).
		hint("write an instant, such as 2024-03-01T06:00:00Z")
}

// setFromEnvironment gives each flag that was not written the value of its QUERN_ variable:
// --run-time is QUERN_RUN_TIME. Flags that may be repeated take a value a line. Variables are joined
// name by name: one that was written leaves the others as the environment has them.
func (a *App) setFromEnvironment(cmd *cobra.Command) error {
	var wrong error
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if wrong == nil && flag.Name != "help" {
			wrong = a.setFlag(flag)
		}
	})
	return wrong
}

func (a *App) setFlag(flag *pflag.Flag) error {
	name := "QUERN_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
	value, ok := a.LookupEnv(name)
	if !ok || value == "" || flag.Changed && flag.Name != "var" {
		return nil
	}
	if !flag.Changed {
		a.fromEnvironment[flag.Name] = true
	}
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		lines := strings.Split(strings.TrimRight(value, "\n"), "\n")
		if flag.Changed {
			lines = append(lines, list.GetSlice()...)
		}
		flag.Changed = true
		return list.Replace(lines)
	}
	if err := flag.Value.Set(value); err != nil {
		return badValue(flag, value).hint("it is set in the environment as %s", name)
	}
	flag.Changed = true
	return nil
}
