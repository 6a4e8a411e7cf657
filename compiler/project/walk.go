package project

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

type fileKind uint8

const (
	modelFile fileKind = iota + 1
	seedFile
	macroFile
	singularFile
	genericFile
	yamlFile
)

// foundFile is a file of the project that has a meaning.
type foundFile struct {
	kind fileKind
	path string
}

// walker finds the files of a project.
type walker struct {
	fsys   fs.FS
	paths  Paths
	ignore []ignoreRule
	files  []foundFile
	dirs   map[string]bool // every folder that was seen
	diags  *diag.List
}

// walk goes through the project's folders, each once, in the order of the alphabet.
func (w *walker) walk(ctx context.Context) error {
	w.dirs = map[string]bool{}
	roots := []string{w.paths.Models, w.paths.Seeds, w.paths.Macros, w.paths.Tests}
	slices.Sort(roots)
	for _, root := range slices.Compact(roots) {
		if w.dirs[root] {
			continue
		}
		if w.ignored(root, true) {
			continue
		}
		if err := w.folder(ctx, root); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (w *walker) folder(ctx context.Context, dir string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(w.fsys, dir)
	if err != nil {
		return fmt.Errorf("read folder %s: %w", dir, err)
	}
	w.dirs[dir] = true
	for _, entry := range entries {
		name := entry.Name()
		full := path.Join(dir, name)
		isDir := entry.IsDir()
		if name[0] == '.' || w.ignored(full, isDir) || w.dirs[full] {
			continue
		}
		if isDir {
			if err := w.folder(ctx, full); err != nil {
				return err
			}
			continue
		}
		if entry.Type()&fs.ModeSymlink != 0 && w.linkedFolder(full) {
			continue
		}
		w.file(full, entry)
	}
	return nil
}

// linkedFolder reports a link to a folder, which is not followed: it could lead in a circle.
func (w *walker) linkedFolder(full string) bool {
	info, err := fs.Stat(w.fsys, full)
	if err != nil || !info.IsDir() {
		return false
	}
	w.diags.Warnf(diag.FileNotRead, place0(full), "the link %q to a folder is not followed", full).
		Hintf("put the files there, or list it in %s", IgnoreFile)
	return true
}

// place0 gives the start of a file whose text is not needed.
func place0(name string) source.Span { return source.NewFile(name, "").Span(0, 0) }

func (w *walker) file(full string, entry fs.DirEntry) {
	kind := w.kind(full)
	if kind == 0 {
		w.unread(full)
		return
	}
	w.files = append(w.files, foundFile{kind, full})
	if kind != seedFile {
		return
	}
	if info, err := entry.Info(); err == nil && info.Size() == 0 && entry.Type().IsRegular() {
		w.diags.Errorf(diag.EmptySeed, place0(full), "the seed file is empty").
			Hintf("give it a line with the names of its columns, or remove it")
	}
}

func (w *walker) kind(full string) fileKind {
	p := w.paths
	switch path.Ext(full) {
	case ".sql":
		switch deepest(full, p.Models, p.Macros, p.Tests) {
		case p.Models:
			return modelFile
		case p.Macros:
			return macroFile
		case p.Tests:
			if below(full, path.Join(p.Tests, "generic")) {
				return genericFile
			}
			return singularFile
		}
	case ".yml":
		if below(full, p.Models) {
			return yamlFile
		}
	case ".csv", ".parquet", ".json":
		if below(full, p.Seeds) {
			return seedFile
		}
	}
	return 0
}

// unread warns of files that look as if they were meant to be read.
func (w *walker) unread(full string) {
	ext := path.Ext(full)
	var hint string
	switch lower := strings.ToLower(ext); {
	case lower == ".yml" && ext == lower:
		hint = "move it below " + w.paths.Models
	case lower == ".yaml", lower == ".yml":
		hint = "let its name end in .yml"
	case lower == ".sql" && ext != lower:
		hint = "let its name end in .sql"
	case (lower == ".csv" || lower == ".parquet" || lower == ".json") && ext != lower && below(full, w.paths.Seeds):
		hint = "let its name end in " + lower
	default:
		return
	}
	w.diags.Warnf(diag.FileNotRead, place0(full), "the file is not read").Hintf("%s, or list it in %s", hint, IgnoreFile)
}

func below(full, dir string) bool {
	return dir == "." || strings.HasPrefix(full, dir) && len(full) > len(dir) && full[len(dir)] == '/'
}

// deepest gives the longest of the folders that hold a file, or "".
func deepest(full string, dirs ...string) string {
	best := ""
	for _, dir := range dirs {
		if below(full, dir) && (best == "" || best == "." || len(dir) > len(best) && dir != ".") {
			best = dir
		}
	}
	return best
}

// ignoreRule is a line of .quernignore: a pattern of paths or, without a slash, of names.
type ignoreRule struct {
	pattern string
	named   bool // matches the last part of a path only
	dirs    bool // matches folders only
	keep    bool // begins with !: takes back what a rule before it ignored
}

func parseIgnore(file *source.File, diags *diag.List) []ignoreRule {
	var rules []ignoreRule
	offset := 0
	for line := range strings.Lines(file.Text) {
		start := offset
		offset += len(line)
		text := strings.TrimSpace(strings.TrimPrefix(line, bom))
		if text == "" || text[0] == '#' {
			continue
		}
		var r ignoreRule
		r.pattern, r.keep = strings.CutPrefix(text, "!")
		r.pattern, r.dirs = strings.CutSuffix(r.pattern, "/")
		r.named = !strings.Contains(r.pattern, "/")
		r.pattern = strings.TrimPrefix(r.pattern, "/")
		if !doublestar.ValidatePattern(r.pattern) {
			at := start + strings.Index(line, text)
			diags.Errorf(diag.InvalidValue, file.Span(at, at+len(text)), "%q is no pattern", text).
				Hintf("close every [ and {; a \\ takes the meaning from the character after it")
			continue
		}
		rules = append(rules, r)
	}
	return rules
}

func (w *walker) ignored(full string, dir bool) bool {
	out := false
	for _, r := range w.ignore {
		if r.dirs && !dir {
			continue
		}
		subject := full
		if r.named {
			subject = path.Base(full)
		}
		if ok, err := doublestar.Match(r.pattern, subject); err == nil && ok {
			out = !r.keep
		}
	}
	return out
}
