package check

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// place is where an external model is written, in small letters: on some systems case does not count.
type place struct {
	path string
	node *link.Node
}

// reserved is a file or folder that no external model may be written over, into or around.
type reserved struct{ path, what string }

// locations refuses external models that would be written over what the project is made of, or over
// each other.
func (c *checker) locations(places []place) diag.List {
	var diags diag.List
	if len(places) == 0 {
		return nil
	}
	taken := append(c.reserved(), c.baseLocations()...)
	at := make(map[string]*link.Node, len(places))
	for _, p := range places {
		if what := c.inTheWay(p, taken); what != "" {
			diags.Errorf(diag.BadLocation, locationSpan(p.node), "%q would be written over %s", p.node.Name, what).
				Hintf("choose a file or folder of its own, such as artifacts/%s", p.node.Name)
			c.program.Nodes[p.node.Index].Broken = true
		}
		if first, ok := at[p.path]; ok {
			diags = append(diags, c.sameLocation(first, p.node)...)
			continue
		}
		at[p.path] = p.node
	}
	for _, p := range places {
		for up := filepath.Dir(p.path); up != filepath.Dir(up); up = filepath.Dir(up) {
			if outer := at[up]; outer != nil {
				diags = append(diags, c.sameLocation(outer, p.node)...)
			}
		}
	}
	return diags
}

func (c *checker) sameLocation(first, second *link.Node) diag.List {
	var diags diag.List
	c.program.Nodes[second.Index].Broken = true
	diags.Errorf(diag.BadLocation, locationSpan(second), "%q is written to the location of %q, or inside it", second.Name, first.Name).
		Hintf("give each of them a location of its own").
		Notef(locationSpan(first), "the other one is here")
	return diags
}

// inTheWay says in words what a location would destroy or change; "" where it is free.
func (c *checker) inTheWay(p place, taken []reserved) string {
	if within(strings.ToLower(c.graph.Project.Dir), p.path) {
		return "the project folder"
	}
	for _, r := range taken {
		if within(p.path, r.path) || within(r.path, p.path) {
			return r.what
		}
	}
	for _, s := range c.graph.Project.Sources {
		if s.Files != "" && c.feeds(p, s.Files) {
			return fmt.Sprintf("the files of the source %q", s.SourceName+"."+s.Name)
		}
	}
	return ""
}

// feeds reports whether a location holds files that a source reads, or would hold some.
func (c *checker) feeds(p place, files string) bool {
	pattern := filepath.ToSlash(strings.ToLower(c.program.absolute(files)))
	base, location := pattern, filepath.ToSlash(p.path)
	if strings.ContainsAny(pattern, "*?[{") {
		base, _ = doublestar.SplitPattern(pattern)
	}
	if within(base, location) {
		return true
	}
	written := location
	for range p.node.Model.External.PartitionBy {
		written = path.Join(written, "k=v")
	}
	if written != location {
		written = path.Join(written, "data_0."+p.node.Model.External.Format)
	}
	ok, err := doublestar.Match(pattern, written)
	return ok && err == nil
}

// reserved gives the project's own files and folders and the target's databases.
func (c *checker) reserved() []reserved {
	p := c.graph.Project
	var out []reserved
	add := func(file, what string) {
		if place := c.program.absolute(file); place != p.Dir { // "." holds everything
			out = append(out, reserved{path: strings.ToLower(place), what: what})
		}
	}
	add(p.Paths.Models, "the folder of the models")
	add(p.Paths.Seeds, "the folder of the seeds")
	add(p.Paths.Macros, "the folder of the macros")
	add(p.Paths.Tests, "the folder of the tests")
	for _, macro := range p.Macros {
		if macro.File != nil {
			add(macro.File.Path, fmt.Sprintf("the file %s", macro.File.Path))
		}
	}
	for _, name := range []string{project.ProjectFile, project.LocalFile, project.LockFile} {
		add(name, "the file "+name)
	}
	add("target", "the folder target, which Quern writes itself")
	add(".git", "the folder .git")
	for _, database := range databases(p.Target) {
		if p.Target.Environment != "" {
			add(environmentFile(database, p.Target.Environment), "a database of the environment")
		}
		for _, ending := range []string{"", ".wal", ".tmp"} {
			add(database+ending, "a database of the target")
		}
	}
	return out
}

// databases gives the files of a target that is kept in files.
func databases(t project.Target) []string {
	var out []string
	list, _ := t.Settings["attach"].([]any)
	for _, each := range append([]any{t.Settings}, list...) {
		settings, _ := each.(map[string]any)
		if file, _ := settings["path"].(string); file != "" && !strings.Contains(file, ":") {
			out = append(out, file)
		}
	}
	return out
}

// within reports whether a path is a folder or something in it.
func within(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func locationSpan(n *link.Node) source.Span {
	if at := n.Model.External.Location.Span; !at.IsZero() {
		return at
	}
	return n.Properties().NameSpan
}

// checkLocation refuses a location by itself: one that is no path, or whose ending says something else
// than the format.
func (s *settings) checkLocation(m *project.Model, location string) {
	at := cmp.Or(m.External.Location.Span, m.NameSpan)
	refuse := func(hint, format string, args ...any) {
		s.diags.Errorf(diag.BadLocation, at, format, args...).Hintf("%s", hint)
	}
	scheme, _, isURL := strings.Cut(location, "://")
	switch {
	case isURL && !strings.ContainsAny(scheme, `/\`):
		refuse("write a path of this machine", "locations such as %s:// are not available in this version", scheme)
		return
	case strings.HasPrefix(location, "~"):
		refuse("write an absolute path, or one that starts in the project folder", "%q starts with a ~, which is not expanded", "location")
		return
	}
	if len(m.External.PartitionBy) > 0 {
		return
	}
	ending, packed := strings.ToLower(path.Ext(location)), Packing(location)
	if packed != "" {
		ending = strings.ToLower(path.Ext(strings.TrimSuffix(strings.ToLower(location), ending)))
	}
	want := endings[ending]
	option := strings.ToLower(m.External.Options["compression"])
	switch {
	case want != "" && want != m.External.Format:
		refuse(fmt.Sprintf("end it in .%s, or set the format", m.External.Format), "the location ends in %q and the format is %s", ending, m.External.Format)
	case packed != "" && m.External.Format == "parquet":
		refuse("end it in .parquet; a Parquet file is compressed inside", "the location says that a Parquet file is packed with %s", packed)
	case packed != "" && option != "" && option != packed && option != "auto":
		refuse("change one of them", "the location says that the file is packed with %s, and the option says %s", packed, option)
	}
}

// endings are those that say what is in a file.
var endings = map[string]string{
	".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".json": "json", ".ndjson": "json", ".jsonl": "json",
}

// Packing gives the compression that a file's name promises; "" where it promises none.
func Packing(location string) string {
	switch strings.ToLower(filepath.Ext(location)) {
	case ".gz":
		return "gzip"
	case ".zst":
		return "zstd"
	}
	return ""
}

// checkPartitions refuses what is wrong with partition_by whatever the rows are.
func (s *settings) checkPartitions(m *project.Model) {
	config := m.External
	if len(config.PartitionBy) > 0 && config.Format == "json" {
		s.diags.Errorf(diag.BadPartition, config.PartitionAt[0], "files of the format json cannot be partitioned").
			Hintf("remove partition_by, or write parquet or csv")
	}
	for i, column := range config.PartitionBy {
		if slices.ContainsFunc(config.PartitionBy[:i], func(before string) bool { return strings.EqualFold(before, column) }) {
			s.diags.Errorf(diag.BadPartition, config.PartitionAt[i], "the column %q stands twice under partition_by", column).
				Hintf("keep one of them; case does not count")
		}
	}
}
