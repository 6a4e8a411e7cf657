package cli

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/compiler/project"
)

// completing is what a shell is offered for flags and arguments. A project that cannot be read
// offers nothing: a shell is no place for errors.
type completing struct{ app *App }

// register gives the flags of a command and of all below it their completions.
func (c completing) register(cmd *cobra.Command) {
	for name, complete := range map[string]cobra.CompletionFunc{
		"select":   c.selection,
		"exclude":  c.selection,
		"selector": c.selectors,
		"target":   c.targets,
		"env":      c.environments,
		"output":   cobra.FixedCompletions([]string{outputText, outputJSON}, cobra.ShellCompDirectiveNoFileComp),
		"color":    cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp),
	} {
		if cmd.Flag(name) != nil {
			// An error says that the flag has its completion already.
			_ = cmd.RegisterFlagCompletionFunc(name, complete)
		}
	}
	for _, sub := range cmd.Commands() {
		c.register(sub)
	}
}

// load reads the project's files, without templates and without a target.
func (c completing) load(cmd *cobra.Command) *project.Project {
	dir, err := c.app.ProjectDir()
	if err != nil {
		return nil
	}
	if p := c.app.known(cmd.Context()); p != nil {
		return p
	}
	p, _, err := project.Load(cmd.Context(), os.DirFS(dir), project.Options{
		Dir: dir, Target: c.app.Flags.Target, Environment: c.app.Flags.Env, LookupEnv: c.app.LookupEnv,
	})
	if err != nil {
		return nil
	}
	return p
}

// nodes offers what can be shown.
func (c completing) nodes(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	p := c.load(cmd)
	if p == nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nodeNames(p), cobra.ShellCompDirectiveNoFileComp
}

func nodeNames(p *project.Project) []cobra.Completion {
	var out []cobra.Completion
	add := func(name, description string) {
		line, _, _ := strings.Cut(description, "\n")
		out = append(out, cobra.CompletionWithDesc(name, line))
	}
	for id, about := range p.Relations() {
		add(id.Name(), about.Description)
	}
	for _, t := range p.Tests {
		add(t.Name, t.Description)
	}
	slices.Sort(out)
	return out
}

// selection offers the last name of a selection, after what was written before it: a comma, @ or 2+.
func (c completing) selection(cmd *cobra.Command, _ []string, written string) ([]cobra.Completion, cobra.ShellCompDirective) {
	p := c.load(cmd)
	if p == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	last := strings.LastIndexAny(written, ", ") + 1
	rest := strings.TrimPrefix(written[last:], "@")
	if digits := strings.TrimLeft(rest, "0123456789"); strings.HasPrefix(digits, "+") {
		rest = digits[1:]
	}
	before := written[:len(written)-len(rest)]

	names := append(nodeNames(p), tags(p)...)
	for _, method := range []string{"config.materialized", "exposure", "group", "kind", "owner", "path", "result", "source", "test"} {
		names = append(names, method+":")
	}
	var out []cobra.Completion
	for _, name := range names {
		if strings.HasPrefix(name, rest) {
			out = append(out, before+name)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func tags(p *project.Project) []cobra.Completion {
	var all []string
	for _, about := range p.Relations() {
		all = append(all, about.Tags...)
	}
	slices.Sort(all)
	var out []cobra.Completion
	for _, tag := range slices.Compact(all) {
		out = append(out, "tag:"+tag)
	}
	return out
}

func (c completing) selectors(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	if p := c.load(cmd); p != nil {
		for _, s := range p.Selectors {
			out = append(out, s.Name)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func (c completing) targets(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	c.app.Flags.Target = "" // what is being written is no target yet
	if p := c.load(cmd); p != nil {
		return p.Targets, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}
