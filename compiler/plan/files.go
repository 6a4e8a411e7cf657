package plan

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/state"
	"github.com/quernsql/quern/compiler/template"
)

// Listing are the files of a source before anything is read, in the order in which the engine reads them.
type Listing struct {
	Files []Listed
	// Hashes are those of files that may have changed since they were loaded, by path.
	Hashes map[string]string
}

// Listed is a file of a source. It has no Hash.
type Listed struct {
	state.File
	// Name is its path as the engine gives it, Stamp what the file system says of it.
	Name  string
	Stamp cache.Stat
}

// Loading says which files come into a table, of a model that loads each file of a source once.
type Loading struct {
	Source project.ID
	// At is the place of the key that says so.
	At source.Span
	// New are the files that come in. Of a table that is built whole they are all.
	New []Listed
	// Before are the files on record that stay so. Where the table is built whole, that is the zero value.
	Before state.Loaded
	// Same are files on record that are not as they were and hold what they held. They have their hash.
	Same []Listed
	// listed says that somebody looked which files there are.
	listed bool
}

// IsListed reports whether somebody looked which files there are. Without that nothing can be loaded.
func (l *Loading) IsListed() bool { return l.listed }

// loading notes that a model loads files. What these are decides by itself about new rows.
func (b *builder) loading(n *link.Node, s *Step) {
	from := b.p.Landing(n)
	if from == nil {
		return
	}
	s.Growth.Loading = &Loading{Source: from.ID, At: n.Model.Incremental.NewFilesAt}
	s.Reads = slices.DeleteFunc(s.Reads, func(id project.ID) bool { return id == from.ID })
}

// LoadsNothing reports whether a step that may load files has none to load.
func (s *Step) LoadsNothing() bool {
	return s.Growth != nil && s.Growth.Loading != nil && len(s.Growth.Loading.New) == 0
}

// loadedNothing reports whether a table is empty because the files that were loaded gave no rows.
func loadedNothing(known *state.Relation) bool {
	return known != nil && known.Growth != nil && known.Growth.Loaded != nil && known.Digest.Rows == 0
}

// loadAll lets a table be built whole from the files that are there.
func (s *settler) loadAll(step *Step, n *link.Node) {
	l := step.Growth.Loading
	if l == nil {
		return
	}
	listing := s.opts.Listings[l.Source]
	if listing == nil {
		return
	}
	l.listed = true
	if len(listing.Files) == 0 {
		s.diags.Errorf(diag.NoFilesYet, l.At, "%q has nothing to begin with: no file fits %q", n.Name, s.g.ByID[l.Source].Source.Files).
			Hintf("wait for the first file, or leave the model out with --exclude %s", n.Name)
		return
	}
	there := map[string]bool{}
	for _, f := range listing.Files {
		there[f.Path] = true
	}
	var gone []string
	for _, name := range slices.Sorted(maps.Keys(s.opts.State.FilesOf(s.p.Subject(step.Relation), ""))) {
		if !there[name] {
			gone = append(gone, name)
		}
	}
	if len(gone) > 0 && !s.opts.Anyway {
		s.diags.Errorf(diag.FilesGone, l.At, "%s that %q loaded %s gone: %s", count(len(gone)), n.Name, are(len(gone)), Some(gone)).
			Hintf("built whole, the table would be without their rows; bring them back, or have it so with %s --force", FullRefresh)
	}
	l.New = listing.Files
	step.Query = s.p.Query(n.ID, s.narrowed(n.ID, l.Source, listing, l.New))
	step.NewRows = step.Query
	if len(step.Statements) > 0 {
		step.Statements[0] = s.opts.Dialect.CreateTableAs(step.Candidate, step.Query.SQL)
	}
}

// narrowed gives what fills the holes of a query that reads some files of a source.
func (s *settler) narrowed(id, from project.ID, listing *Listing, files []Listed) (opts check.FillOptions) {
	opts = s.fill(id, nil)
	names := func(files []Listed) []string {
		out := make([]string, len(files))
		for i, f := range files {
			out[i] = f.Name
		}
		return out
	}
	opts.Relations = map[project.ID]template.Filling{from: s.p.SomeFiles(s.g.ByID[from], names(listing.Files), names(files))}
	return opts
}

// mustLoad finds the files that are not loaded yet, and says so; "" where there are none. Files that changed since
// they were loaded are refused.
func (s *settler) mustLoad(step *Step, n *link.Node) string {
	l := step.Growth.Loading
	if l == nil {
		return ""
	}
	if d := s.p.SkipsFiles(n, s.g.ByID[l.Source]); d != nil {
		s.diags = append(s.diags, d)
	}
	var known *state.Loaded
	if step.Former != nil && step.Former.Growth != nil {
		known = step.Former.Growth.Loaded
	}
	var before map[string]state.File
	if known != nil {
		before = s.opts.State.FilesOf(s.p.Subject(step.Relation), known.Load)
	}
	if known == nil || len(before) < known.Files {
		s.diags.Errorf(diag.FilesUnknown, l.At, "which files the rows of %q came from is not on record", n.Name).
			Hintf("build it anew from the files that are there, with %s", FullRefresh)
		return ""
	}
	l.Before = state.Loaded{Load: known.Load, Files: len(before)}
	listing := s.opts.Listings[l.Source]
	if listing == nil {
		return ""
	}
	l.listed = true
	var changed []string
	for _, f := range listing.Files {
		switch was, ok := before[f.Path]; {
		case !ok:
			l.New = append(l.New, f)
		case f.IsLike(was):
		case was.Size != f.Size || was.Hash != listing.Hashes[f.Path]:
			changed = append(changed, f.Path)
		default:
			f.Hash = was.Hash
			l.Same = append(l.Same, f)
		}
	}
	if len(changed) > 0 {
		s.diags.Errorf(diag.FileChanged, l.At, "%s changed after %q loaded %s: %s", count(len(changed)), n.Name, them(len(changed)), Some(changed)).
			Hintf("a file is loaded once: put what is new into another file, or build the table anew with %s", FullRefresh)
	}
	if len(l.New) == 0 {
		return ""
	}
	opts := s.narrowed(n.ID, l.Source, listing, l.New)
	if step.NewRows = s.p.IncrementQuery(n.ID, opts); s.existing[step.Relation.Fold()].Rows == 0 {
		step.NewRows = s.p.Query(n.ID, opts)
	}
	return s.newFiles(l)
}

// newFiles says which files are new, by their paths below the folders that all of the source are in.
func (s *settler) newFiles(l *Loading) string {
	files := s.g.ByID[l.Source].Source.Files
	folder := files
	if i := strings.IndexAny(files, "*?[{"); i >= 0 {
		folder = files[:i]
	}
	folder = path.Clean(folder[:strings.LastIndex(folder, "/")+1]) + "/"
	names := make([]string, len(l.New))
	for i, f := range l.New {
		names[i] = strings.TrimPrefix(f.Path, folder)
	}
	word := "files"
	if len(names) == 1 {
		word = "file"
	}
	return fmt.Sprintf("%d new %s of %s (%s)", len(names), word, l.Source.Name(), Some(names))
}

// fileInputs notes, for a plan that is saved, the files that come in.
func (s *settler) fileInputs(step *Step) {
	if step.Growth == nil || step.Growth.Loading == nil {
		return
	}
	l := step.Growth.Loading
	if step.Action != Update && step.Action != Skip { // the source as a whole, which is known without the target, too
		step.Inputs[l.Source] = s.plan.Versions[l.Source].Seen(true)
		return
	}
	parts := []string{"files"}
	for _, f := range l.New {
		parts = append(parts, f.Path, strconv.FormatInt(f.Size, 10), f.Mtime.UTC().String())
	}
	step.Inputs[l.Source] = string(fingerprint.Of(parts...))
}

// mostFiles is how many files a message names.
const mostFiles = 3

// Some names files, the first ones where there are many.
func Some(names []string) string {
	if more := len(names) - mostFiles; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostFiles], ", "), more)
	}
	return strings.Join(names, ", ")
}

func count(files int) string {
	if files == 1 {
		return "a file"
	}
	return fmt.Sprintf("%d files", files)
}

func are(files int) string {
	if files == 1 {
		return "is"
	}
	return "are"
}

func them(files int) string {
	if files == 1 {
		return "it"
	}
	return "them"
}

// filesOf gives the files that were loaded into a table of the base, sorted; nil where it does not load each once.
func (d *divider) filesOf(known *state.Relation) []state.File {
	if known.Growth == nil || known.Growth.Loaded == nil {
		return nil
	}
	files := d.base.State.FilesOf(d.p.Subject(known.Name), known.Growth.Loaded.Load)
	out := make([]state.File, 0, len(files))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out = append(out, files[name])
	}
	return out
}
