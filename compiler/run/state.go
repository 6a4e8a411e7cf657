package run

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// prepareState makes the tables of the state where they are missing, and notes that a build begins.
func (e *executor) prepareState(ctx context.Context, s Session) error {
	k := e.opts.State
	if k == nil {
		return nil
	}
	var statements []string
	if k.Missing {
		if err := s.EnsureSchema(ctx, k.Tables.Schema.Database, k.Tables.Schema.Schema); err != nil {
			return fmt.Errorf("create the schema %q: %w", k.Tables.Schema.Schema, err)
		}
		statements = k.Tables.Create()
	}
	e.marked = slices.ContainsFunc(e.plan.Steps, func(s *plan.Step) bool { return s.Action != plan.Skip && s.Action != plan.Test })
	if e.marked {
		statements = append(statements, k.Tables.Mark(k.Known, e.runID, e.now(), true))
	}
	if len(statements) == 0 {
		return nil
	}
	if err := s.Publish(ctx, nil, statements...); err != nil {
		return fmt.Errorf("write the state: %w", err)
	}
	return nil
}

// version gives the data version of a node as it is now; it is empty where it is not known.
func (e *executor) version(id project.ID) state.DataVersion {
	e.versionsMu.Lock()
	defer e.versionsMu.Unlock()
	done := func(id project.ID) (state.DataVersion, bool) {
		version, ok := e.versions[id]
		return version, ok
	}
	return e.plan.Version(id, done, e.viewVersions)
}

// setVersion notes the data version of what a step built or left. That of a view follows from what it reads.
func (e *executor) setVersion(id project.ID, version state.DataVersion) {
	if _, isView := e.plan.Views[id]; isView {
		return
	}
	e.versionsMu.Lock()
	defer e.versionsMu.Unlock()
	e.versions[id] = version
}

// inputs gives what a reader sees of the data versions of what it reads.
func (e *executor) inputs(reads []project.ID, ordered bool) map[project.ID]string {
	inputs := make(map[project.ID]string, len(reads))
	for _, id := range reads {
		inputs[id] = e.version(id).Seen(ordered)
	}
	return inputs
}

// areSame reports whether what is read has the data versions that are on record.
func (e *executor) areSame(reads []project.ID, ordered bool, known map[project.ID]string) bool {
	for _, id := range reads {
		if now := e.version(id).Seen(ordered); now == "" || now != known[id] {
			return false
		}
	}
	return true
}

// isUnchanged reports whether the relation that is there is what the step would build.
func (e *executor) isUnchanged(s *plan.Step) bool {
	return s.Known != nil && e.areSame(s.Reads, s.Code.Ordered, s.Known.Inputs)
}

// passed reports whether a test passed on what it would read now.
func (e *executor) passed(a *plan.Audit) bool {
	return a.Known != nil && e.areSame(a.Reads, a.Ordered, a.Known.Inputs)
}

func (e *executor) allPassed(s *plan.Step) bool {
	for _, a := range s.Audits {
		if !e.passed(a) {
			return false
		}
	}
	return true
}

// known gives the results of tests that passed before.
func (e *executor) known(s *plan.Step) []TestResult {
	out := make([]TestResult, len(s.Audits))
	for i, a := range s.Audits {
		out[i] = newTestResult(a)
		out[i].Status = Unchanged
	}
	return out
}

// again runs the tests of a relation that stays as it is, on what is published.
func (w *worker) again(ctx context.Context, s *plan.Step, r *StepResult) {
	audits := make([]*plan.Audit, len(s.Audits))
	for i, a := range s.Audits {
		published := *a
		if p := a.Published; p.Query != nil {
			published.Query, published.Total, published.Through = p.Query, p.Total, p.Through
		}
		audits[i] = &published
	}
	r.Tests = w.auditAll(ctx, audits)
	r.stays = true
	switch {
	case ctx.Err() != nil:
		w.fail(ctx, s, r, ctx.Err())
	case !blocked(s, r):
		r.Status, r.Reason = Unchanged, "nothing changed"
	}
}

// made gives what is to be known of a relation that a step made.
func (w *worker) made(s *plan.Step) *state.Relation {
	var growth *state.Growth
	if s.Growth != nil {
		growth = &s.Growth.Known
	}
	return &state.Relation{
		ID: s.ID, Name: s.Relation, Kind: s.KindOf(), Growth: growth, Code: s.Code.Digest, Algorithm: fingerprint.Version,
		Text: s.Code.Text, Config: s.Code.Config, Inputs: w.inputs(s.Reads, s.Code.Ordered), Ordered: s.Code.Ordered,
		Run: w.runID, At: w.now(),
	}
}

// madeTable looks whether the rows of a candidate are those that are there, which then keep their data version.
func (w *worker) madeTable(ctx context.Context, s *plan.Step) (*state.Relation, error) {
	if w.opts.State == nil {
		return nil, nil
	}
	r := w.made(s)
	w.date(s, r)
	if w.isFresh(s) { // there is nothing to compare with, and it is looked at later
		return r, nil
	}
	digest, err := w.session.Digest(ctx, s.Candidate)
	if err != nil {
		return nil, err
	}
	r.Digest = digest
	w.date(s, r)
	return r, nil
}

// isFresh reports whether there is no record of a step's relation, so that none can be wrong after it was built.
func (w *worker) isFresh(s *plan.Step) bool {
	return !w.opts.State.Tables.IsClaimed(w.opts.State.Known, s.Relation)
}

// date gives a relation its data version.
func (w *worker) date(s *plan.Step, r *state.Relation) {
	build := w.runID + ":" + string(s.ID)
	r.Data = state.DataVersion{Rows: build, Build: build}
	// Where it was asked for, or where somebody altered what was there, others may have read something else.
	distrusted := slices.ContainsFunc(s.Because, func(c plan.Cause) bool { return c.What == "forced" || c.What == "altered" })
	if former := s.Former; !distrusted && !w.plan.Collates && former != nil && former.Data.Rows != "" && former.Digest == r.Digest && r.Digest.Content != "" {
		r.Data.Rows = former.Data.Rows
	}
	w.setVersion(s.ID, r.Data)
}

func (w *worker) madeView(s *plan.Step) *state.Relation {
	if w.opts.State == nil {
		return nil
	}
	r := w.made(s)
	r.Data = w.version(s.ID)
	return r
}

// madeFiles reads the digest of the files that were published.
func (w *worker) madeFiles(s *plan.Step, columns []relation.Column) *state.Relation {
	if w.opts.State == nil {
		return nil
	}
	r := w.made(s)
	digest, err := w.opts.State.FileDigest(s.Location)
	if err != nil {
		w.emit(Log{Time: w.now(), Message: fmt.Sprintf("the files of %s cannot be read: %s", s.ID.Name(), err)})
	}
	// The same files are other rows where they are read in another way.
	parts := []string{engine.HashColumns(columns)}
	for _, key := range slices.Sorted(maps.Keys(s.Code.Config)) {
		parts = append(parts, key, s.Code.Config[key])
	}
	r.Digest.Content, r.Digest.Columns = digest, string(fingerprint.Of(parts...))
	w.date(s, r)
	return r
}

// publish publishes a relation together with what is to be known of it.
//
// What is known of a table is kept in the transaction that publishes it. Of a relation of which nothing was known
// that can come later, together with that of others, which takes a third of the time: until then it counts as never
// built. So can that of views, since it says how the engine keeps their text: an older record does not fit a newer
// view.
func (w *worker) publish(ctx context.Context, p engine.Publication, s *plan.Step, made *state.Relation) error {
	publications := []engine.Publication{p}
	switch {
	case made == nil:
		return w.session.Publish(ctx, publications)
	case p.Kind == relation.View || w.isFresh(s):
		if err := w.session.Publish(ctx, publications); err != nil {
			return err
		}
		w.keepLater(ctx, made)
		return nil
	case s.Relation.Database != "":
		return w.publishApart(ctx, publications, made)
	}
	keep, err := w.opts.State.Tables.Keep(w.opts.State.Known, made)
	if err != nil {
		return err
	}
	return w.session.Publish(ctx, publications, keep)
}

// publishApart publishes in a database that is not the state's, for which there is no common transaction. What
// was known is void before anything happens.
func (w *worker) publishApart(ctx context.Context, publications []engine.Publication, made *state.Relation) error {
	if err := w.forget(ctx, made); err != nil {
		return err
	}
	if err := w.session.Publish(ctx, publications); err != nil {
		return err
	}
	w.keepLater(ctx, made)
	return nil
}

// forget makes void what is known of a relation. Of a snapshot it stays known that its table is a history.
func (w *worker) forget(ctx context.Context, made *state.Relation) error {
	k := w.opts.State
	none := &state.Relation{ID: made.ID, Name: made.Name, Void: true, Run: made.Run, At: made.At}
	if made.Kind == project.Snapshot.String() {
		none = &state.Relation{
			ID: made.ID, Name: made.Name, Kind: made.Kind, Code: made.Code, Algorithm: made.Algorithm,
			Failed: true, Run: made.Run, At: made.At,
		}
	}
	void, err := k.Tables.Keep(k.Known, none)
	if err != nil {
		return err
	}
	return w.session.Publish(ctx, nil, void)
}

// atOnce is how many tables are looked at and kept together.
const atOnce = 32

// keepLater keeps what is known of a relation when there is more of that, or at the end. Without it the relation is
// built again.
func (w *worker) keepLater(ctx context.Context, made *state.Relation) {
	isTable := made.Definition == "" && made.Kind != project.View.String() && made.Kind != project.External.String()
	var batch []*state.Relation
	w.versionsMu.Lock()
	if isTable {
		if w.tables = append(w.tables, made); len(w.tables) >= atOnce {
			batch, w.tables = w.tables, nil
		}
	} else {
		w.views = append(w.views, made)
	}
	w.versionsMu.Unlock()
	if batch == nil {
		return
	}
	cleanup(ctx, func(ctx context.Context) {
		if err := w.keepTables(ctx, w.session, batch); err != nil {
			w.emit(Log{Time: w.now(), Message: fmt.Sprintf("what was built is not kept: %s", err)})
		}
	})
}

// keepTables notes tables after a look at their rows, so that a rebuild can be compared with them.
func (e *executor) keepTables(ctx context.Context, s Session, made []*state.Relation) error {
	names := make([]relation.Name, 0, len(made))
	var tables []*state.Relation
	for _, r := range made {
		if r.Digest.Content == "" {
			tables, names = append(tables, r), append(names, r.Name)
		}
	}
	digests, err := s.Digests(ctx, names)
	if err != nil {
		return err
	}
	for i, r := range tables {
		r.Digest = digests[i]
	}
	return e.keep(ctx, s, made)
}

// keepViews notes views with their texts.
func (e *executor) keepViews(ctx context.Context, s Session, made []*state.Relation) error {
	known := map[relation.Name]map[string]string{}
	for _, r := range made {
		schema := relation.Name{Database: r.Name.Database, Schema: r.Name.Schema}.Fold()
		if known[schema] == nil {
			definitions, err := s.Definitions(ctx, schema.Database, schema.Schema)
			if err != nil {
				return err
			}
			known[schema] = definitions
		}
		r.Definition = known[schema][strings.ToLower(r.Name.Identifier)]
	}
	return e.keep(ctx, s, made)
}

// rowsAtOnce is how many rows one statement writes.
const rowsAtOnce = 500

func (e *executor) keep(ctx context.Context, s Session, made []*state.Relation) error {
	k := e.opts.State
	var statements []string
	for some := range slices.Chunk(made, rowsAtOnce) {
		keep, err := k.Tables.Keep(k.Known, some...)
		if err != nil {
			return err
		}
		statements = append(statements, keep)
	}
	return s.Publish(ctx, nil, statements...)
}

// keepTests notes which tests passed, and which steps failed although nothing else says so. Without it they
// are done again.
func (e *executor) keepTests(ctx context.Context) {
	if e.opts.State == nil || len(e.plan.Steps) == 0 {
		return
	}
	// A second interrupt ends it.
	if err := e.writeTests(context.WithoutCancel(ctx)); err != nil {
		e.emit(Log{Time: e.now(), Message: fmt.Sprintf("what was built is not kept: %s", err)})
	}
}

func (e *executor) writeTests(ctx context.Context) error {
	session, err := e.house.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }() // nothing depends on it
	if len(e.tables) > 0 {
		if err := e.keepTables(ctx, session, e.tables); err != nil {
			return err
		}
	}
	if len(e.views) > 0 {
		if err := e.keepViews(ctx, session, e.views); err != nil {
			return err
		}
	}
	statements, err := e.verdicts()
	if err != nil {
		return err
	}
	k := e.opts.State
	if e.marked {
		statements = append(statements, k.Tables.Mark(k.Known, e.runID, e.now(), false))
	}
	statements = append(statements, k.Tables.Shorten(k.Known)...)
	if len(statements) == 0 {
		return nil
	}
	return session.Publish(ctx, nil, statements...)
}

// verdicts gives the statements that note how tests ended, and which relations could not be built.
func (e *executor) verdicts() ([]string, error) {
	k := e.opts.State
	var failed []*state.Relation
	var tests []*state.Test
	for i, s := range e.plan.Steps {
		r := &e.results[i]
		for t, a := range s.Audits {
			if t < len(r.Tests) {
				if test := e.verdict(a, &r.Tests[t]); test != nil {
					tests = append(tests, test)
				}
			}
		}
		whole := s.Growth != nil && s.Action == plan.Rebuild
		if r.Status == Failed && s.Former != nil && (!s.Former.Failed || whole && !s.Former.Whole) && !r.stays {
			f := *s.Former
			f.Failed, f.Run, f.At = true, e.runID, e.now()
			f.Whole = whole
			failed = append(failed, &f)
		}
	}
	var statements []string
	for some := range slices.Chunk(failed, rowsAtOnce) {
		keep, err := k.Tables.Keep(k.Known, some...)
		if err != nil {
			return nil, err
		}
		statements = append(statements, keep)
	}
	for some := range slices.Chunk(tests, rowsAtOnce) {
		keep, err := k.Tables.KeepTests(k.Known, some)
		if err != nil {
			return nil, err
		}
		statements = append(statements, keep)
	}
	return statements, nil
}

// verdict gives what is to be known of a test; nil where that does not change.
func (e *executor) verdict(a *plan.Audit, r *TestResult) *state.Test {
	if a.Definition == "" {
		return nil
	}
	test := &state.Test{ID: a.ID, Definition: a.Definition, Run: e.runID, At: e.now()}
	switch known := e.opts.State.Known.Tests[a.ID]; {
	case r.Status == Pass:
		test.Inputs = e.inputs(a.Reads, a.Ordered)
		return test
	case known != nil && !known.Failed && (r.Status == Warn || r.Status == Fail || r.Status == TestError):
		test.Failed = true
		return test
	}
	return nil
}
