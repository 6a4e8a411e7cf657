package run

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// publish publishes a relation together with what is to be known of it.
//
// What is known of a table is kept in the transaction that publishes it. Of a relation of which nothing was known
// that can come later, together with that of others, which takes a third of the time: until then it counts as never
// built. So can that of views, since it says how the engine keeps their text: an older record does not fit a newer
// view.
func (w *worker) publish(ctx context.Context, p engine.Publication, s *plan.Step, made *state.Relation) error {
	publications := []engine.Publication{p}
	comments, err := w.comments(ctx, p, s)
	switch {
	case err != nil:
		return err
	case len(s.Post) > 0:
		return w.publishHookedView(ctx, publications, s, made, comments)
	case made == nil:
		return w.session.Publish(ctx, publications, comments...)
	case p.Kind == relation.View || w.isFresh(s) && loading(s) == nil:
		if err := w.session.Publish(ctx, publications, comments...); err != nil {
			return err
		}
		w.keepLater(ctx, made)
		return nil
	}
	files, err := w.loaded(s, made)
	if err != nil {
		return err
	}
	if s.Relation.Database != "" {
		return w.publishApart(ctx, made, files, func() error { return w.session.Publish(ctx, publications, comments...) })
	}
	keep, err := w.opts.State.Tables.Keep(w.opts.State.Known, made)
	if err != nil {
		return err
	}
	return w.session.Publish(ctx, publications, slices.Concat(comments, files, []string{keep})...)
}

// publishApart publishes in a database that is not the state's, for which there is no common transaction. What
// was known is void before anything happens.
func (w *worker) publishApart(ctx context.Context, made *state.Relation, files []string, publish func() error) error {
	if err := w.forget(ctx, made); err != nil {
		return err
	}
	if err := publish(); err != nil {
		return err
	}
	if files != nil {
		w.keepLoaded(ctx, made, files)
		return nil
	}
	w.keepLater(ctx, made)
	return nil
}

// forget makes void what is known of a relation. Of a snapshot it stays known that its table is a history.
func (w *worker) forget(ctx context.Context, made *state.Relation) error {
	k := w.opts.State
	none := &state.Relation{ID: made.ID, Name: made.Name, Void: true, Run: made.Run, At: made.At}
	if made.IsSnapshot() {
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
	isTable := made.Kind != project.View.String() && made.Kind != project.External.String()
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
	if err := e.define(ctx, s, made); err != nil {
		return err
	}
	return e.keep(ctx, s, made)
}

// define reads the texts of views.
func (e *executor) define(ctx context.Context, s Session, made []*state.Relation) error {
	known := map[relation.Name]map[string]string{}
	for _, r := range made {
		if r.Kind != project.View.String() && r.Kind != project.External.String() {
			continue
		}
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
	return nil
}

// rowsAtOnce is how many rows one statement writes.
const rowsAtOnce = 500

func (e *executor) keep(ctx context.Context, s Session, made []*state.Relation) error {
	statements, err := e.kept(made)
	if err != nil {
		return err
	}
	return s.Publish(ctx, nil, statements...)
}

// kept gives the statements that note what is known of relations.
func (e *executor) kept(relations []*state.Relation) ([]string, error) {
	k := e.opts.State
	var statements []string
	for some := range slices.Chunk(relations, rowsAtOnce) {
		keep, err := k.Tables.Keep(k.Known, some...)
		if err != nil {
			return nil, err
		}
		statements = append(statements, keep)
	}
	return statements, nil
}

// keepRest notes at the end of a build what is not kept yet: tables and views that were built, which tests passed,
// which steps failed although nothing else says so, and that the build ended. Without it all this is done again.
func (e *executor) keepRest(ctx context.Context) {
	if e.opts.State == nil || len(e.plan.Steps) == 0 {
		return
	}
	// A second interrupt ends it.
	if err := e.writeRest(context.WithoutCancel(ctx)); err != nil {
		e.mark.Open = e.mark.Open || e.marked
		e.emit(Log{Time: e.now(), Message: fmt.Sprintf("what was built is not kept: %s", err)})
	}
}

func (e *executor) writeRest(ctx context.Context) error {
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
	statements = append(statements, e.same()...)
	if e.marked || k.Known.Open && k.Run.Command == "build" { // or it found that the one that was cut off left nothing
		e.mark.Open = false
		mark, err := e.marks()
		if err != nil {
			return err
		}
		statements = append(statements, mark)
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
	e.lookAgain(e.tested())
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
	statements, err := e.kept(failed)
	if err != nil {
		return nil, err
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

// tested gives what was read by tests that ran and found something out.
func (e *executor) tested() (reads []project.ID) {
	for i, s := range e.plan.Steps {
		for t, a := range s.Audits {
			if tests := e.results[i].Tests; t < len(tests) && !tests[t].Before && (tests[t].Status == Pass || tests[t].Status == Warn) {
				reads = append(reads, a.Reads...)
			}
		}
	}
	return reads
}

// verdict gives what is to be known of a test; nil where that does not change.
func (e *executor) verdict(a *plan.Audit, r *TestResult) *state.Test {
	if a.Definition == "" {
		return nil
	}
	test := &state.Test{ID: a.ID, Definition: a.Definition, Run: e.runID, At: e.now()}
	switch known := e.opts.State.Known.Tests[a.ID]; {
	case r.Before:
		return nil
	case r.Status == Pass || r.Status == Warn:
		test.Inputs = e.inputs(a.Reads, a.Ordered)
		if r.Status == Warn {
			test.Warned = &state.Wrong{Rows: r.Failures, Total: r.Total}
		}
		return test
	case known != nil && !known.Failed && (r.Status == Fail || r.Status == TestError):
		test.Failed = true
		return test
	}
	return nil
}
