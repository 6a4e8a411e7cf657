package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/state"
)

// target is what a target holds and remembers before a build.
type target struct {
	existing map[relation.Name]engine.Shape
	keeper   *run.Keeper
	// sources are the data versions of sources that are tables.
	sources map[project.ID]string
	orphans []plan.Orphan
	// listings are the files of sources whose files are loaded once each.
	listings map[project.ID]*plan.Listing
	// contents are the digests of tables in other databases than the state's: who else builds there cannot be
	// seen in the state.
	contents map[relation.Name]string
	// base is what an environment reads from; nil where there is no environment. Copies are tables that begin
	// as they are there.
	base   *plan.Base
	copies []plan.Copy
}

// lookAt looks at what is in a target.
func lookAt(ctx context.Context, e adapters.Engine, p *check.Program) (found *target, err error) {
	session, err := e.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := session.Close(); err == nil {
			err = e
		}
	}()
	t := &target{existing: map[relation.Name]engine.Shape{}}
	if t.base, err = lookAtBase(ctx, session, e.Dialect(), p); err != nil {
		return nil, err
	}
	read := make(chan error, 1)
	go func() { read <- t.remember(ctx, e, p.Graph.Project) }()
	shapes, err := shapesOf(ctx, session, schemas(p))
	if e := <-read; err == nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	for _, shape := range shapes {
		t.existing[shape.Object.Name] = shape
	}
	if err := t.listFiles(ctx, session, e.Dialect(), p); err != nil {
		return nil, err
	}
	t.sources = tableVersions(ctx, session, p)
	if t.contents, err = contentsElsewhere(ctx, session, p, t.existing); err != nil {
		return nil, err
	}
	t.orphans, err = orphansOf(ctx, session, p, t.keeper.Known)
	return t, err
}

// remember reads the state in a session of its own.
func (t *target) remember(ctx context.Context, e adapters.Engine, p *project.Project) (err error) {
	session, err := e.Session(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if e := session.Close(); err == nil {
			err = e
		}
	}()
	t.keeper, err = remembered(ctx, session, e.Dialect(), p)
	return err
}

// shapesOf gives the relations of schemas, asking once for each database.
func shapesOf(ctx context.Context, s adapters.Session, schemas []relation.Name) ([]engine.Shape, error) {
	of := map[string][]string{}
	for _, schema := range schemas {
		of[schema.Database] = append(of[schema.Database], schema.Schema)
	}
	var out []engine.Shape
	for _, database := range slices.Sorted(maps.Keys(of)) {
		shapes, err := s.Shapes(ctx, database, of[database]...)
		if err != nil {
			return nil, fmt.Errorf("list the relations of the schemas %s: %w", strings.Join(of[database], ", "), err)
		}
		out = append(out, shapes...)
	}
	return out, nil
}

func contentsElsewhere(
	ctx context.Context, s adapters.Session, p *check.Program, existing map[relation.Name]engine.Shape,
) (map[relation.Name]string, error) {
	there := map[relation.Name]bool{}
	for name, shape := range existing {
		there[name.Fold()] = shape.Object.Kind == relation.Table
	}
	var names []relation.Name
	for i, n := range p.Graph.Nodes {
		if name := p.Nodes[i].Relation; n.Kind != link.Source && name.Database != "" && there[name.Fold()] {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	digests, err := s.Digests(ctx, names)
	if err != nil {
		return nil, fmt.Errorf("read the tables of other databases: %w", err)
	}
	contents := make(map[relation.Name]string, len(names))
	for i, name := range names {
		contents[name.Fold()] = digests[i].Content
	}
	return contents, nil
}

// remembered reads the state.
func remembered(ctx context.Context, s adapters.Session, d adapters.Dialect, p *project.Project) (*run.Keeper, error) {
	return rememberedIn(ctx, s, d, stateHere(p))
}

// stateOf says whose state is read, and in which database.
type stateOf struct {
	*project.Project
	database, target, environment string
}

// schema gives the schema that the state is in.
func (of stateOf) schema() relation.Name {
	return relation.Name{Database: of.database, Schema: check.StateSchemaOf(of.Project)}
}

// stateHere is the state of what is built.
func stateHere(p *project.Project) stateOf {
	return stateOf{Project: p, target: p.Target.Name, environment: p.Target.Environment}
}

func rememberedIn(ctx context.Context, s adapters.Session, d adapters.Dialect, of stateOf) (*run.Keeper, error) {
	k := &run.Keeper{Known: state.New(), FileDigest: fileDigest, Disk: disk{}}
	var err error
	if k.Tables, k.Missing, err = stateTables(ctx, s, d, of); err != nil || k.Missing {
		return k, err
	}
	rows, err := s.Query(ctx, k.Tables.Read(), 0)
	if err != nil {
		return nil, fmt.Errorf("read the state: %w", err)
	}
	k.Known.Add(rows)
	return k, nil
}

// stateTables gives the tables of the state, and whether they are still to be made. Those of a newer Quern, and those
// that are not as they were made, are refused.
func stateTables(ctx context.Context, s adapters.Session, d adapters.Dialect, of stateOf) (t state.Tables, missing bool, err error) {
	t, damage, missing, err := lookAtState(ctx, s, d, of)
	if err == nil && !damage.IsNone() {
		err = damagedState(of.Project, damage)
	}
	return t, missing, err
}

// lookAtState compares the tables of the state with what they ought to be.
func lookAtState(ctx context.Context, s adapters.Session, d adapters.Dialect, of stateOf) (t state.Tables, damage state.Damage, missing bool, err error) {
	t = state.Tables{
		Dialect: d, Schema: of.schema(),
		Key: state.Key{Project: of.Name, Target: of.target, Environment: of.environment},
	}
	shapes, err := s.Shapes(ctx, of.database, t.Schema.Schema)
	if err != nil {
		return t, damage, false, fmt.Errorf("look for the state: %w", err)
	}
	damage, missing = t.Look(shapes)
	if missing || slices.Contains(damage.Missing, state.VersionTable) || slices.Contains(damage.Altered, state.VersionTable) {
		return t, damage, missing, nil
	}
	rows, err := s.Query(ctx, t.ReadVersion(), 1)
	if err != nil {
		return t, damage, false, fmt.Errorf("read the version of the state: %w", err)
	}
	version, _ := rows.Values[0][0].(int64)
	if version > state.Version {
		return t, damage, false, newerState(of.Project, version)
	}
	t.Older, t.From = version < state.Version, version
	return t, damage.Before(version), false, nil
}

// damagedState refuses a state whose tables are not as they were made.
func damagedState(p *project.Project, d state.Damage) error {
	var parts []string
	for _, table := range d.Missing {
		parts = append(parts, table+" is missing")
	}
	for _, table := range d.Altered {
		parts = append(parts, table+" was altered")
	}
	e := engine.Errorf("State", "the state in the schema %q is damaged: the table %s", check.StateSchemaOf(p), strings.Join(parts, ", the table ")).
		WithHint(`"quern state repair" makes such tables anew and keeps those that were altered under another name; no data is touched`)
	return &targetError{cause: e, diagnostic: &diag.Diagnostic{
		Code: diag.StateDamaged, Severity: diag.Error, Message: e.Message, Hint: e.Hint, Span: p.Target.Span,
	}}
}

// unreadable warns of rows of the state that cannot be read.
func (t *target) unreadable(p *project.Project) diag.List {
	var diags diag.List
	if t == nil || len(t.keeper.Known.Damaged) == 0 {
		return diags
	}
	names := t.keeper.Known.Damaged
	some := strings.Join(names[:min(len(names), 3)], ", ")
	if more := len(names) - 3; more > 0 {
		some += fmt.Sprintf(" and %d more", more)
	}
	diags.Warnf(diag.StateRows, p.Target.Span, "what the state says of %s cannot be read, and counts as not known", some).
		Hintf(`"quern state repair" takes it out`)
	return diags.Relevel(p.Levels)
}

// newerState refuses a target whose state was written by a later program.
func newerState(p *project.Project, version int64) error {
	e := engine.Errorf("State", "the state in the schema %q has version %d, and this Quern knows version %d", check.StateSchemaOf(p), version, state.Version).
		WithHint("use the Quern that built here last, or a newer one")
	return &targetError{cause: e, diagnostic: &diag.Diagnostic{
		Code: diag.StateNewer, Severity: diag.Error, Message: e.Message, Hint: e.Hint, Span: p.Target.Span,
	}}
}

// tableVersions gives the data versions of the sources that are tables, as far as they say how they change.
func tableVersions(ctx context.Context, s adapters.Session, p *check.Program) map[project.ID]string {
	out := map[project.ID]string{}
	for i, n := range p.Graph.Nodes {
		if n.Source == nil || n.Source.Files != "" {
			continue
		}
		query := p.SourceVersion(i)
		if query == "" {
			continue
		}
		rows, err := s.Query(ctx, query, 0)
		if err != nil {
			continue // the readers say what is wrong with it
		}
		values, err := json.Marshal(rows.Values)
		if err != nil {
			continue
		}
		columns, err := s.Columns(ctx, p.Nodes[i].Relation)
		if err != nil {
			continue
		}
		out[n.ID] = string(fingerprint.Of(p.Nodes[i].Relation.Fold().String(), engine.HashColumns(columns), query, string(values)))
	}
	return out
}

// irrelevantSettings are keys of targets that change no rows.
var irrelevantSettings = []string{"path", "threads", "memory_limit", "temp_directory", "max_temp_directory_size", "block_size"}

// settingsDigest gives the digest of the settings of a target that may change rows; "" where there are none.
func settingsDigest(t project.Target) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(t.Settings)) {
		if !slices.Contains(irrelevantSettings, strings.ToLower(key)) {
			parts = append(parts, key, fmt.Sprintf("%#v", t.Settings[key]))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return string(fingerprint.Of(parts...))
}

// planOn gives the options of a plan on a target; without one nothing is known of it.
func (f *planningFlags) planOn(t *target, p *check.Program, files fileVersions) plan.Options {
	opts := plan.Options{
		Sources: files.sources, Seeds: files.seeds, Files: files.outputs,
		Settings: settingsDigest(p.Graph.Project.Target), Macros: p.Graph.Project.Target.Settings["init_sql"] != nil, Force: f.asked(),
		Anyway: f.force && f.fullRefresh,
	}
	if t == nil {
		return opts
	}
	maps.Copy(opts.Sources, t.sources)
	opts.Existing, opts.State, opts.Orphans = t.existing, t.keeper.Known, f.orphansToPlan(t)
	opts.Contents, opts.Listings = t.contents, t.listings
	return opts
}

// planningFlags say what is built although nothing changed.
type planningFlags struct {
	force, fullRefresh, dropOrphans bool
	// verify reads the rows of tables to see whether somebody altered them.
	verify bool
	// start and end are the windows of microbatches that are asked for.
	start, end string
}

// windows sets the windows that are asked for, of models that are selected.
func (f *planningFlags) windows(g *link.Graph, opts *plan.Options) (err error) {
	hasWindows := func(i int) bool {
		n := g.Nodes[i]
		return n.Kind == link.Model && n.Model.Incremental.Strategy == increment.Microbatch
	}
	switch {
	case f.start == "" && f.end == "":
		return nil
	case !slices.ContainsFunc(opts.Selected, hasWindows):
		return usagef(diag.BadFlagValue, "--start and --end ask for windows of time, and no model that is selected has any").
			hint("select models with incremental_strategy: microbatch; others have no windows")
	case f.start == "":
		return usagef(diag.BadFlagValue, "--end needs --start").hint("add --start, an instant of the first window to build again")
	case f.fullRefresh:
		return usagef(diag.BadFlagValue, "--start and --full-refresh do not go together").hint("a full refresh builds all windows")
	}
	if opts.From, err = instant("--start", f.start); err != nil || f.end == "" {
		return err
	}
	if opts.To, err = instant("--end", f.end); err == nil && !opts.From.Before(opts.To) {
		err = usagef(diag.BadFlagValue, "--end is not after --start").hint("write the end of the last window to build again")
	}
	return err
}

// asked gives the flag that asks for everything.
func (f *planningFlags) asked() string {
	switch {
	case f.fullRefresh:
		return "--full-refresh"
	case f.force:
		return "--force"
	default:
		return ""
	}
}

func (f *planningFlags) register(set *pflag.FlagSet) {
	set.BoolVar(&f.force, "force", false, "build and test what is selected although nothing changed")
	set.BoolVar(&f.dropOrphans, "drop-orphans", false, "when all succeeded, drop relations whose model is gone or elsewhere")
	set.BoolVar(&f.fullRefresh, "full-refresh", false, "build what is selected from scratch; with --force also where files that were loaded are gone")
	set.BoolVar(&f.verify, "verify", false, "read the tables that would be left out, to see whether someone else altered their rows")
	set.StringVar(&f.start, "start", "", "build the windows of microbatches again from this `instant` on")
	set.StringVar(&f.end, "end", "", "build the windows that --start asks for up to this `instant`")
}
