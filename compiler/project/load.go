// Package project reads a project's files into a Project.
//
// It takes a file system, gives what the files say with the place of everything, and refuses
// unknown, duplicate and misplaced keys, wrong types and names used twice. It executes no template
// and links no name.
package project

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/builtin"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// Options says how to load a project.
type Options struct {
	// Dir is the absolute path of the project folder; it is only recorded.
	Dir string
	// Target overrides the default target. Empty means the one quern.yml names.
	Target string
	// Environment overrides that of the target. Empty means the one the target names, if any.
	Environment string
	// Vars override those of quern.yml and of the target.
	Vars map[string]string
	// LookupEnv reads the environment. Nil means an empty environment.
	LookupEnv func(string) (string, bool)
	// Version of this Quern, compared with `requires`. Empty means that any will do.
	Version string
	// TargetTypes gives the keys each type of target may have, besides type, schema, threads and
	// vars. Nil accepts every type and key.
	TargetTypes map[string][]string
	// Outside opens a folder outside the project for macros_from; its path is relative to the
	// project folder, or absolute. Nil refuses such folders.
	Outside func(dir string) fs.FS
}

// Load reads the project in fsys, whose root is the project folder. The error is trouble with
// reading; what the user did wrong is in the list, and the project then holds what could be read.
func Load(ctx context.Context, fsys fs.FS, opts Options) (*Project, diag.List, error) {
	l := loader{fsys: fsys, opts: &opts, config: newConfig()}
	l.config.project.Dir = opts.Dir
	err := l.load(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("load the project: %w", err)
	}
	return l.config.project, l.diags.Sorted(), nil
}

// LoadConfig reads quern.yml and quern.local.yml alone: what they say of targets, variables and folders.
// It is nil where they say nothing to build upon, and says nothing of what is wrong with them.
func LoadConfig(fsys fs.FS, opts Options) (*Project, error) {
	l := loader{fsys: fsys, opts: &opts, config: newConfig()}
	l.config.project.Dir = opts.Dir
	ok, err := l.projectFiles()
	if err != nil {
		return nil, fmt.Errorf("load the project: %w", err)
	}
	if !ok {
		return nil, nil
	}
	return l.config.project, nil
}

// LoadMacros is LoadConfig with the project's macros.
func LoadMacros(ctx context.Context, fsys fs.FS, opts Options) (*Project, error) {
	l := loader{fsys: fsys, opts: &opts, config: newConfig()}
	l.config.project.Dir = opts.Dir
	ok, err := l.projectFiles()
	if err == nil && ok {
		err = l.macros(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("load the macros: %w", err)
	}
	return l.config.project, nil
}

// macros reads the folder of macros and those of macros_from.
func (l *loader) macros(ctx context.Context) error {
	ignore, err := l.ignoreRules()
	if err != nil {
		return err
	}
	p := l.config.project
	w := walker{fsys: l.fsys, paths: p.Paths, ignore: ignore, dirs: map[string]bool{}, diags: &l.diags}
	if !w.ignored(p.Paths.Macros, true) {
		if err := w.folder(ctx, p.Paths.Macros); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	w.files = slices.DeleteFunc(w.files, func(f foundFile) bool { return f.kind != macroFile })
	r, err := readFiles(ctx, l.fsys, w.files)
	if err != nil {
		return err
	}
	if err := l.moreMacros(ctx, r, ignore); err != nil {
		return err
	}
	a := &assembler{loader: l, project: p, nodes: newRegistry(0)}
	a.sqlFiles(r.sql)
	a.sort()
	return nil
}

// Reread gives the model with another text in its file, which has the same front matter. It gives false
// where the text has another, or where something is wrong with it.
func (m *Model) Reread(text string, body int) (*Model, bool) {
	file := source.NewFile(m.File.Path, text)
	d := &doc{file: file}
	if !checkText(file, &d.diags) {
		return nil, false
	}
	begin, _ := d.frontMatter()
	if begin != body || len(d.diags) > 0 || !hasQuery(text[body:]) {
		return nil, false
	}
	out := *m
	out.File, out.Body, out.NameSpan = file, file.Span(body, len(text)), file.Span(0, 0)
	return &out, true
}

// loader holds what is known while a project is read.
type loader struct {
	fsys   fs.FS
	opts   *Options
	diags  diag.List
	config *config
}

func (l *loader) load(ctx context.Context) error {
	ok, err := l.projectFiles()
	if err != nil || !ok {
		return err
	}
	ignore, err := l.ignoreRules()
	if err != nil {
		return err
	}
	w := walker{fsys: l.fsys, paths: l.config.project.Paths, ignore: ignore, diags: &l.diags}
	if err := w.walk(ctx); err != nil {
		return err
	}
	l.checkFolders(&w)
	r, err := readFiles(ctx, l.fsys, w.files)
	if err != nil {
		return err
	}
	l.diags = append(l.diags, r.diags...)
	if err := l.moreMacros(ctx, r, ignore); err != nil {
		return err
	}
	builtIns, err := readBuiltIns()
	if err != nil {
		return err
	}
	l.assemble(r, builtIns)
	if err := l.lock(); err != nil {
		return err
	}
	l.finish()
	return nil
}

// finish takes over what the project's own two files had to complain about.
func (l *loader) finish() {
	l.diags = append(l.diags, l.config.doc.diags...)
	l.config.doc.diags = nil
	if l.config.local != nil {
		l.diags = append(l.diags, l.config.local.diags...)
		l.config.local.diags = nil
	}
}

// projectFiles reads quern.yml and quern.local.yml. It gives false where there is nothing to build
// upon: no project file, or one for another version.
func (l *loader) projectFiles() (bool, error) {
	c := l.config
	var err error
	if c.doc, err = l.yamlFile(ProjectFile); err != nil {
		return false, err
	}
	if c.doc == nil {
		e := l.diags.Errorf(diag.NoProject, source.Span{}, "there is no %s in the project folder", ProjectFile).
			Hintf("run \"quern init\" for a new project, or name the folder with --project-dir")
		if _, err := fs.Stat(l.fsys, "quern.yaml"); err == nil {
			e.Hintf("rename quern.yaml to %s", ProjectFile)
		}
		return false, nil
	}
	c.project.File = c.doc.file
	if c.doc.root.kind == mapNode && !c.requirement(l.opts.Version) {
		l.finish()
		return false, nil
	}
	if c.local, err = l.yamlFile(LocalFile); err != nil {
		return false, err
	}
	if c.doc.root.kind != 0 {
		c.read()
	}
	c.useTarget(l.opts)
	l.overrideVars()
	return true, nil
}

func (l *loader) overrideVars() {
	vars := l.config.project.Vars
	declared := slices.Collect(maps.Keys(vars))
	for name, value := range l.opts.Vars {
		if _, ok := vars[name]; !ok {
			l.diags.Errorf(diag.BadFlagValue, source.Span{}, "the variable %q is not declared", name).
				Hintf("declare it under \"vars:\" in %s", ProjectFile).Nearest(name, declared)
			continue
		}
		vars[name] = Var{Value: value}
	}
}

// yamlFile reads and parses a file at the root of the project; nil means that there is none.
func (l *loader) yamlFile(name string) (*doc, error) {
	file, err := readOne(l.fsys, name)
	if err != nil || file == nil {
		return nil, err
	}
	d := &doc{file: file, end: len(file.Text)}
	if strings.HasPrefix(file.Text, bom) {
		d.start = len(bom)
	}
	if checkText(file, &d.diags) {
		d.parse(&fastParser{})
	}
	return d, nil
}

// readOne reads a file that may be absent; it is nil then.
func readOne(fsys fs.FS, name string) (*source.File, error) {
	data, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return source.NewFile(name, string(data)), nil
}

func (l *loader) ignoreRules() ([]ignoreRule, error) {
	file, err := readOne(l.fsys, IgnoreFile)
	if err != nil || file == nil || !checkText(file, &l.diags) {
		return nil, err
	}
	return parseIgnore(file, &l.diags), nil
}

// checkFolders reports folders that quern.yml names and that do not exist.
func (l *loader) checkFolders(w *walker) {
	p := l.config.project.Paths
	for _, named := range []struct{ key, dir string }{
		{"models", p.Models}, {"seeds", p.Seeds}, {"macros", p.Macros}, {"tests", p.Tests},
	} {
		if at, ok := l.config.pathSpans[named.key]; ok && !w.dirs[named.dir] {
			l.diags.Errorf(diag.UnknownFolder, at, "the folder %q does not exist", named.dir).
				Hintf("create it, or remove %q from paths", named.key)
		}
	}
	var names []string
	for dir := range w.dirs {
		if dir != p.Models && below(dir, p.Models) {
			names = append(names, strings.TrimPrefix(strings.TrimPrefix(dir, p.Models), "/"))
		}
	}
	for _, f := range l.config.folders {
		if f.path == "." || w.dirs[path.Join(p.Models, f.path)] {
			continue
		}
		e := l.diags.Errorf(diag.UnknownFolder, f.span, "there is no folder %q below %q", f.path, p.Models).
			Hintf("the names under \"models:\" are folders below %s", p.Models)
		e.Nearest(f.path, names)
	}
}

// moreMacros reads the folders of macros_from.
func (l *loader) moreMacros(ctx context.Context, r *contents, ignore []ignoreRule) error {
	for _, from := range l.config.macrosFrom {
		dir := path.Clean(strings.ReplaceAll(from.Name, `\`, "/"))
		fsys, root := l.fsys, dir
		if path.IsAbs(dir) || dir == ".." || strings.HasPrefix(dir, "../") {
			if l.opts.Outside == nil {
				l.diags.Errorf(diag.InvalidValue, from.Span, "the folder %q is outside the project", dir).
					Hintf("put shared macros below the project folder")
				continue
			}
			fsys, root, ignore = l.opts.Outside(dir), ".", nil
		}
		w := walker{fsys: fsys, paths: Paths{Macros: root}, ignore: ignore, dirs: map[string]bool{}, diags: &l.diags}
		switch err := w.folder(ctx, root); {
		case errors.Is(err, fs.ErrNotExist):
			l.diags.Errorf(diag.UnknownFolder, from.Span, "the folder %q does not exist", dir).Hintf("create it, or remove it from macros_from")
			continue
		case err != nil:
			return err
		}
		more, err := readFiles(ctx, fsys, w.files)
		if err != nil {
			return err
		}
		l.diags = append(l.diags, more.diags...)
		for _, s := range more.sql {
			if root == "." {
				s.file.Path = path.Join(dir, s.file.Path)
			}
			r.sql = append(r.sql, s)
		}
	}
	return nil
}

// readBuiltIns reads the generic tests that are part of Quern.
func readBuiltIns() ([]*sqlFile, error) {
	entries, err := fs.ReadDir(builtin.FS, ".")
	if err != nil {
		return nil, fmt.Errorf("read built-in tests: %w", err)
	}
	out := make([]*sqlFile, len(entries))
	for i, entry := range entries {
		file, err := readOne(builtin.FS, entry.Name())
		if err != nil || file == nil {
			return nil, fmt.Errorf("read built-in test %s: %w", entry.Name(), err)
		}
		file.Path = "builtin/" + file.Path
		out[i] = readSQL(genericFile, file, &fastParser{})
		out[i].builtIn = true
	}
	return out, nil
}
