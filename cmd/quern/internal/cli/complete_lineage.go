package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/compiler/artifact"
	"github.com/quernsql/quern/compiler/project"
)

// lineage offers nodes, and after a # the columns of a node. Behind the name of a node the shell puts no
// space, because a # may follow.
func (c completing) lineage(cmd *cobra.Command, _ []string, written string) ([]cobra.Completion, cobra.ShellCompDirective) {
	p := c.load(cmd)
	if p == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if name, _, ok := strings.Cut(written, "#"); ok {
		return lineageColumns(p, name), cobra.ShellCompDirectiveNoFileComp
	}
	names := nodeNames(p)
	for _, e := range p.Exposures {
		line, _, _ := strings.Cut(e.Description, "\n")
		names = append(names, cobra.CompletionWithDesc(e.Name, line))
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, written) })
	slices.Sort(names)
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// lineageColumns offers the columns of a node: those that are declared, and those that the last
// compile found, because nothing is checked while a shell waits.
func lineageColumns(p *project.Project, name string) []cobra.Completion {
	id := node(p, name)
	if id == "" {
		return nil
	}
	var names []string
	if file, err := os.ReadFile(filepath.Join(p.Dir, "target", artifact.LineageFile)); err == nil {
		names = artifact.LineageColumns(file, string(id))
	}
	for _, column := range declared(p, id) {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, column.Name) }) {
			names = append(names, column.Name)
		}
	}
	var out []cobra.Completion
	for _, column := range names {
		out = append(out, name+"#"+column)
	}
	return out
}

// node gives the id of a model, seed or source by its name or id, "" where there is none.
func node(p *project.Project, name string) project.ID {
	for id := range p.Relations() {
		if strings.EqualFold(id.Name(), name) || strings.EqualFold(string(id), name) {
			return id
		}
	}
	return ""
}

// declared gives the columns that a project's files name of a node.
func declared(p *project.Project, id project.ID) []project.Column {
	var out []project.Column
	for of, about := range p.Relations() {
		if of == id {
			out = append(out, about.Columns...)
		}
	}
	for _, s := range p.Sources {
		if s.ID == id {
			out = append(out, s.Locked...)
		}
	}
	return out
}
