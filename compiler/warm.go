package compiler

import (
	"context"
	"crypto/rand"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/snapshot"
)

// Cache says where what a compile found is kept. The files of the project are then read from its
// folder, and not from Options.FS.
type Cache struct {
	// Folder is the absolute folder of the cache.
	Folder string
	// Stamp names the program that runs. What another one wrote is not looked at.
	Stamp cache.Digest
	// ReadAll compares the text of every file and trusts no times.
	ReadAll bool
	Now     func() time.Time
	// Missed is called before everything is found anew; it may be nil.
	Missed func()
	// Later is given what is left to do once the result was shown: writing the cache, where nothing
	// depends on its success. Nil does it at once.
	Later func(func())
}

// Want says what of a result is needed.
type Want struct {
	Parts snapshot.Parts
	// Accept reports whether a result from the cache will do; nil accepts all.
	Accept func(snapshot.Facts) bool
	// Summary says that facts and diagnostics are enough while nothing changed: the result then has neither
	// graph nor program.
	Summary bool
	// OnlyKnown gives an empty result where the cache has none; with Summary, also where something changed.
	OnlyKnown bool
}

// The files of a cache.
const (
	boundFile  = "project" // with what binding said
	namesFile  = "names"   // without
	answerFile = "bind"
)

// cached is a compile with a cache.
type cached struct {
	opts  *Options
	start time.Time
	env   check.Env
	// inputs is what the result depends on besides files and the environment.
	inputs cache.Inputs
}

// compileCached takes the result from the cache where it is still right, and keeps it there otherwise.
func compileCached(ctx context.Context, opts Options) (Result, diag.List, error) {
	c := &cached{opts: &opts, start: opts.Cache.Now()}
	if opts.Want != nil {
		r, diags, ok, err := c.warm(ctx)
		if ok || err != nil || opts.Want.OnlyKnown {
			return r, diags, err
		}
	}
	if opts.Cache.Missed != nil {
		opts.Cache.Missed()
	}
	return c.cold(ctx)
}

// note takes over the environment of the check.
func (c *cached) note(env check.Env) {
	p := &c.opts.Project
	c.env = env
	c.inputs = cache.Inputs{Options: []string{p.Dir, p.Target, p.Environment, p.Version, env.DefaultSchema}}
	for _, name := range slices.Sorted(maps.Keys(p.Vars)) {
		c.inputs.Options = append(c.inputs.Options, name, p.Vars[name])
	}
	if env.Describer != nil {
		c.inputs.Engine = "engine " + env.Describer.Version()
	}
}

func (c *cached) file(name string) string { return filepath.Join(c.opts.Cache.Folder, name) }

// warm takes the result from the cache. It gives false where that is not possible.
func (c *cached) warm(ctx context.Context) (Result, diag.List, bool, error) {
	dir := c.opts.Project.Dir
	config, err := project.LoadConfig(os.DirFS(dir), c.opts.Project)
	if err != nil || config == nil {
		return Result{}, nil, false, nil //nolint:nilerr // a cold compile says what is wrong
	}
	env, err := c.opts.Check(config)
	if err != nil {
		return Result{}, nil, false, nil //nolint:nilerr // a cold compile says what is wrong
	}
	c.note(env)
	if env.Describer != nil && env.OnDemand {
		return Result{}, nil, false, nil
	}
	for _, name := range c.files() {
		r, diags, ok := c.take(ctx, name, config)
		if ok {
			return r, diags, true, nil
		}
		if err := ctx.Err(); err != nil {
			return Result{}, nil, false, err
		}
	}
	return Result{}, nil, false, nil
}

// files gives the snapshots that may do. Without binding both may, the newer one more likely.
func (c *cached) files() []string {
	if c.env.Describer != nil {
		return []string{boundFile}
	}
	bound, err1 := os.Stat(c.file(boundFile))
	names, err2 := os.Stat(c.file(namesFile))
	if err1 == nil && err2 == nil && names.ModTime().After(bound.ModTime()) {
		return []string{namesFile, boundFile}
	}
	return []string{boundFile, namesFile}
}

// take reads one snapshot, where what it was made from is as it was.
func (c *cached) take(ctx context.Context, name string, config *project.Project) (Result, diag.List, bool) {
	file, err := snapshot.Open(c.file(name), c.opts.Cache.Stamp)
	if err != nil {
		return Result{}, nil, false
	}
	defer func() {
		if !file.Keep {
			_ = file.Close() // it was only read
		}
	}()
	bound := c.env.Describer != nil
	if file.Bound != bound && !file.Plain || !file.Record.SameInputs(c.inputs, c.opts.Project.LookupEnv) {
		return Result{}, nil, false
	}
	type decoded struct {
		value *snapshot.Value
		err   error
	}
	parts := c.opts.Want.Parts
	parts.Columns, parts.Lineage = parts.Columns && bound, parts.Lineage && bound
	reading := make(chan decoded, 1)
	read := sync.OnceFunc(func() {
		go func() {
			v, err := file.Decode(snapshot.Config{Project: config, Env: c.env, Read: c.readText}, parts)
			reading <- decoded{v, err}
		}()
	})
	if !c.opts.Want.Summary {
		read()
	}
	accept := c.opts.Want.Accept
	if accept != nil && !accept(file.Facts) {
		if !c.opts.Want.Summary {
			<-reading // before the file is closed
		}
		return Result{}, nil, false
	}
	ahead := &early{Describer: c.env.Describer}
	defer ahead.close()
	edits := !c.opts.Want.Summary || !c.opts.Want.OnlyKnown
	changes, err := c.compare(ctx, file, func() {
		if !edits {
			return
		}
		read()
		if bound {
			ahead.open(ctx)
		}
	})
	if err == nil && c.opts.Want.Summary && !changes.Any() {
		return c.summary(name, file, changes, config)
	}
	if !edits {
		return Result{}, nil, false
	}
	read()
	got := <-reading
	if err != nil || got.err != nil || changes.Other {
		return Result{}, nil, false
	}
	v := got.value
	r := Result{Project: v.Graph.Project, Graph: v.Graph, Program: v.Program, Warm: true, ID: file.ID, queries: v.HasSQL}
	if len(changes.Files) > 0 {
		e := &edited{cached: c, file: file, value: v, changes: changes, early: ahead}
		return e.compile(ctx, r)
	}
	if changes.Renewed {
		c.write(name, file, changes.Now, file.Facts, news{})
	}
	return r, v.Diags, true
}

// compare compares the files with what is noted of them, and calls changed at the first that differs.
func (c *cached) compare(ctx context.Context, file *snapshot.File, changed func()) (*cache.Changes, error) {
	return file.Record.Check(ctx, cache.CheckOptions{
		Dir: c.opts.Project.Dir, Now: c.start, ReadAll: c.opts.Cache.ReadAll, Changed: changed,
	})
}

// summary gives what is known of a project without its nodes.
func (c *cached) summary(name string, file *snapshot.File, changes *cache.Changes, p *project.Project) (Result, diag.List, bool) {
	diags, err := file.Diags(c.readText)
	if err != nil {
		return Result{}, nil, false
	}
	if changes.Renewed {
		c.write(name, file, changes.Now, file.Facts, news{})
	}
	return Result{Project: p, Warm: true, ID: file.ID, Summary: &file.Facts}, diags, true
}

// readText gives the text of a file of the project, as it was read when its places were noted.
func (c *cached) readText(path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.opts.Project.Dir, filepath.FromSlash(path))
	}
	text, _ := os.ReadFile(path) // without the text its places are at its start
	return string(text)
}

func (c *cached) later(do func()) {
	if c.opts.Cache.Later == nil {
		do()
		return
	}
	c.opts.Cache.Later(do)
}

// news is what is written into a snapshot again; what is nil stays.
type news struct {
	diags *diag.List
	patch snapshot.Patch
}

// write writes a snapshot again with what changed of it. The file is closed then.
func (c *cached) write(name string, file *snapshot.File, record *cache.Record, facts snapshot.Facts, news news) {
	file.Keep = true
	c.later(func() {
		defer func() { _ = file.Close() }() // it was only read
		// A cache that cannot be written is none.
		_ = cache.Write(c.file(name), c.opts.Cache.Stamp, file.Changed(record, facts, news.diags, news.patch))
	})
}

// cold finds everything anew and keeps it.
func (c *cached) cold(ctx context.Context) (Result, diag.List, error) {
	opts := *c.opts
	recorder := cache.NewRecorder(opts.Project.Dir, c.start)
	opts.FS = recorder.FS("")
	opts.Project.LookupEnv = recorder.LookupEnv(opts.Project.LookupEnv)
	if opts.Project.Outside != nil {
		opts.Project.Outside = func(dir string) fs.FS { return recorder.FS(dir) }
	}
	var store *cache.Store
	opts.Check = func(p *project.Project) (check.Env, error) {
		env, err := c.opts.Check(p)
		c.note(env)
		env.LookupEnv = recorder.LookupEnv(env.LookupEnv)
		if env.Describer != nil {
			store = cache.OpenStore(c.file(answerFile), opts.Cache.Stamp)
			env.Store = answers{store}
			if env.Files != nil && !opts.Cache.ReadAll {
				env.Files = scanned{env.Files, store, env.Describer.Version(), opts.Project.Dir, opts.Cache.Now}
			}
		}
		return env, err
	}
	r, diags, err := compile(ctx, opts)
	if store != nil && err == nil {
		complete := !diags.HasErrors() && !c.env.OnDemand
		// A cache that cannot be written is none.
		c.later(func() { _ = store.Close(complete) })
	}
	if err != nil || r.Program == nil || diags.HasErrors() || c.env.Inline != nil || c.env.Describer != nil && c.env.OnDemand {
		return r, diags, err
	}
	c.keep(&r, diags, recorder)
	return r, diags, nil
}

// keep writes a snapshot, unless the one that is there is as good.
func (c *cached) keep(r *Result, diags diag.List, recorder *cache.Recorder) {
	bound := c.env.Describer != nil
	if bound && c.env.Files != nil {
		noteData(recorder, r.Project)
	}
	record := recorder.Record(c.inputs)
	if record == nil {
		return
	}
	name := namesFile
	if bound {
		name = boundFile
	}
	if old, err := snapshot.Open(c.file(name), c.opts.Cache.Stamp); err == nil {
		same := old.Record.SameInputs(c.inputs, c.opts.Project.LookupEnv) && old.Record.Same(record)
		_ = old.Close() // it was only read
		if same {
			r.ID = old.ID
			return
		}
	}
	_, _ = rand.Read(r.ID[:]) // it never fails
	value := &snapshot.Value{Graph: r.Graph, Program: r.Program, Diags: diags}
	value.Facts = snapshot.Facts{ID: r.ID, Bound: bound, Plain: r.Program.Unaltered() && !slices.ContainsFunc(diags, isLint), Timed: r.Program.Timed()}
	c.later(func() {
		value.HasSQL = make([]bool, len(value.Program.Nodes))
		for i := range value.Program.Nodes {
			value.HasSQL[i] = value.Program.Nodes[i].SQL != nil && !value.Program.Nodes[i].Broken
		}
		value.Count(value.Graph, value.Program, value.HasSQL)
		// A cache that cannot be written is none.
		_ = cache.Write(c.file(name), c.opts.Cache.Stamp, snapshot.Encode(value, record))
	})
}

// isLint reports whether a diagnostic may depend on what binding told.
func isLint(d *diag.Diagnostic) bool { return d.Code >= "W0360" && d.Code < "W0400" }

// noteData notes the files whose columns were read.
func noteData(recorder *cache.Recorder, p *project.Project) {
	for _, s := range p.Seeds {
		recorder.Seed(s.Path)
	}
	for _, s := range p.Sources {
		if s.Files != "" && !s.ColumnsComplete {
			recorder.Pattern(s.Files)
		}
	}
}

// answers is a store as package check sees it.
type answers struct{ store *cache.Store }

var _ check.Store = answers{}

// Get gives what is known of a key.
func (a answers) Get(key check.Key) (*lineage.Query, bool) { return a.store.Get(key) }

// Put keeps what is known of a key.
func (a answers) Put(key check.Key, answer *lineage.Query) { a.store.Put(key, answer) }
