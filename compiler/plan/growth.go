package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/state"
	"github.com/quernsql/quern/compiler/template"
)

// Growth says how new rows come into the table of an incremental model. An Update brings them in; every other
// action builds the table whole.
type Growth struct {
	// Spec lacks the columns, which are known when the new rows are there.
	Spec increment.Spec
	// Known is what is to be known of the table when the step is done.
	Known state.Growth
	// Dialect writes the statements when the columns are known.
	Dialect increment.Dialect
	// KeyAt is the place of unique_key. Hidden are columns of it, in small letters, whose values nobody may see.
	KeyAt source.Span
	// NeededAt are the places of the columns that the increments need, in small letters.
	NeededAt map[string]source.Span
	// SchemaAt is that of on_schema_change, or else where the model is said to be incremental.
	SchemaAt source.Span
	Hidden   map[string]bool
	// Batches are the windows that a microbatch builds, oldest first, each in a transaction of its own where the table
	// grows.
	Batches []Batch
	// Outside is the query for how many rows are in no window, where the table is built whole; EventAt is where the column
	// of the windows is named, and First the start of the first window.
	Outside *template.Filled
	EventAt source.Span
	First   string
	// RunTime is the build's instant: a window that is not over by then is not complete.
	RunTime time.Time
	// Loading says which files are loaded, of a model that loads each once; nil for others.
	Loading *Loading
	// Volatile are functions in the query for new rows whose value differs from run to run.
	Volatile []string
}

// Batch is a window of a microbatch, and the query for its rows.
type Batch struct {
	Window increment.Window
	Query  *template.Filled
}

// growth puts together how a model grows.
func (b *builder) growth(n *link.Node, s *Step) {
	c := n.Model.Incremental
	opts := b.fill(n.ID, b.besides(n, n))
	g := &Growth{Spec: increment.Spec{
		Strategy: c.Strategy, Target: s.Relation, Delta: s.Candidate, OnSchemaChange: c.OnSchemaChange,
		Key: columnNames(c.Key), Predicates: b.p.PredicateTexts(n.ID, opts),
		Update: columnNames(c.Update), Exclude: columnNames(c.Exclude), EventTime: c.EventTime.Name,
	}}
	g.Dialect, g.Hidden = b.opts.Dialect, map[string]bool{}
	if len(c.Key) > 0 {
		g.KeyAt = c.Key[0].Span
	}
	g.NeededAt = map[string]source.Span{}
	for _, column := range append(slices.Clone(c.Key), c.EventTime) {
		g.NeededAt[strings.ToLower(column.Name)] = column.Span
	}
	g.SchemaAt, g.EventAt = n.Model.KeyAt("on_schema_change"), c.EventTime.Span
	for _, column := range n.Model.Columns {
		g.Hidden[strings.ToLower(column.Name)] = column.Sensitive
	}
	s.NewRows = b.p.IncrementQuery(n.ID, opts)
	query, predicates := b.p.CanonicalIncrement(n.ID)
	if g.Volatile = b.volatile(n); !n.Model.IgnoresVolatile() {
		g.Volatile = append(g.Volatile, volatileIn(query.Text)...)
	}
	s.Code.Ordered = s.Code.Ordered || b.isOrdered(n, query)
	parts := []string{
		fingerprint.Normal(query.Code), c.Strategy.String(), c.OnSchemaChange.String(),
		strings.Join(g.Spec.Key, "\x00"), fmt.Sprintf("%q %q", g.Spec.Update, g.Spec.Exclude),
	}
	for _, p := range predicates {
		parts = append(parts, fingerprint.Normal(p))
	}
	g.Known.Code = fingerprint.Of(parts...)
	s.Growth = g
	b.loading(n, s)
}

// columnNames gives names of columns; nil stays nil.
func columnNames(columns []project.ColumnName) []string {
	if columns == nil {
		return nil
	}
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}

// grow decides about the step of an incremental model: whether its table is built whole, grows, or stays.
func (s *settler) grow(step *Step) {
	step.Growth.Known.History = s.history(step)
	n := s.g.ByID[step.ID]
	before := len(s.diags)
	if causes, reason := s.whole(step, n); reason != "" {
		s.batches(step, n, true)
		if len(s.diags) == before { // else somebody has to choose first
			s.loadAll(step, n)
		}
		if step.Action == Rebuild && step.Former != nil {
			s.anew[step.ID] = true
		}
		if known := step.Growth.Known.Batches; known != nil && !known.First.IsZero() {
			reason += ", with windows from " + known.First.Format("2006-01-02T15:04") + " on"
		}
		step.Reason, step.Because = reason, causes
		s.open[step.ID] = []project.ID{step.ID}
		return
	}
	step.Action = Update
	causes, reason := s.mustGrow(step, n)
	if files := s.mustLoad(step, n); files != "" {
		causes = append([]Cause{{What: "new_rows", Node: step.Growth.Loading.Source, Detail: files}}, causes...)
		reason = files
	}
	if reason != "" && step.LoadsNothing() {
		reason += ", and there are no new files"
	}
	if reason == "" {
		s.ifChanged(step)
	} else {
		step.Reason, step.Because = reason, causes
		s.open[step.ID] = []project.ID{step.ID}
	}
	switch {
	case step.Action == Update:
		s.batches(step, n, false)
		s.warnOfHistory(step, n)
		s.columnChanges(step)
	case step.Growth.Loading != nil:
		step.Reason = "no new files"
	}
}

// whole says why the table of an incremental model has to be built as a whole; "" where it can grow.
func (s *settler) whole(step *Step, n *link.Node) ([]Cause, string) {
	known, config := step.Former, n.Model.Incremental
	shape, there := s.existing[step.Relation.Fold()]
	isKind := known == nil || known.Kind == step.KindOf()
	switch {
	case s.existing != nil && !there:
		step.Action = Create
		return step.because("missing", step.Relation.String()), s.missing(step)
	case there && shape.Object.Kind != relation.Table:
		return step.because("config", "materialized"), fmt.Sprintf("%q is a %s and becomes a table", n.Name, shape.Object.Kind)
	case there && shape.Rows == 0 && !loadedNothing(known):
		return step.because("missing", "rows"), fmt.Sprintf("%s has no rows", step.Relation)
	case s.opts.State == nil || !there:
		return step.because("missing", "state"), s.unrecorded(step)
	case !isKind:
		return step.because("config", "materialized"), fmt.Sprintf("%q was %s and becomes %s", n.Name, project.Noun(known.Kind), project.Noun(step.KindOf()))
	case s.opts.Force == FullRefresh && !config.Protected:
		return step.because("forced", s.opts.Force), "asked with " + s.opts.Force
	case known != nil && known.Failed && known.Whole && !config.Protected:
		return step.because("failed_before", ""), "a build of all its rows failed last time"
	case s.isOthers(step):
		if config.OnCodeChange != project.RefreshFully {
			s.othersRows(step, n)
		}
		return step.because("missing", "state"), s.unrecorded(step)
	case known == nil && step.Growth.Loading != nil:
		return step.because("missing", "state"), s.unrecorded(step)
	case known == nil:
		return nil, ""
	}
	causes, reason := changed(step, known)
	switch {
	case reason == "" || config.OnCodeChange == project.KeepRows:
		return nil, ""
	case config.OnCodeChange == project.RefreshFully:
		return causes, reason + ", and on_code_change is full_refresh"
	}
	s.codeChanged(n, causes[0], reason)
	return causes, reason
}

// FullRefresh is the flag that asks for whole tables.
const FullRefresh = "--full-refresh"

// mustGrow says why new rows have to be looked for, whatever becomes of what is built before; "" where they need
// not.
func (s *settler) mustGrow(step *Step, n *link.Node) ([]Cause, string) {
	known := step.Former
	switch {
	case s.opts.Force == FullRefresh:
		return step.because("forced", s.opts.Force), "it is protected from " + FullRefresh
	case s.opts.Force != "":
		return step.because("forced", s.opts.Force), "asked with " + s.opts.Force
	case known == nil:
		return step.because("missing", "state"), s.unrecorded(step)
	case s.asksFor(n):
		return step.because("forced", "--start"), "asked with --start"
	case known.Failed:
		return step.because("failed_before", ""), "it failed last time"
	}
	switch missing := s.missingBatches(n, known); len(missing) {
	case 0:
	case 1:
		return step.because("missing", "windows"), fmt.Sprintf("its window from %s is not built yet", missing[0])
	default:
		return step.because("missing", "windows"), fmt.Sprintf("%d of its windows are not built yet, the first from %s", len(missing), missing[0])
	}
	if volatile := slices.Concat(step.Growth.Volatile, step.Code.Volatile); len(volatile) > 0 && step.Growth.Loading == nil {
		return step.because("volatile", volatile[0]), fmt.Sprintf("it calls %s, which gives something else in every build", volatile[0])
	}
	if causes, reason := changed(step, known); reason != "" {
		return causes, reason + ", and on_code_change keeps its rows"
	}
	if known.Growth == nil || known.Growth.Code != step.Growth.Known.Code {
		return step.because("code", "increment"), "the query or the settings of its increments changed"
	}
	if why := s.altered(n, known); why != "" {
		s.diags.Warnf(diag.AlteredTable, n.Properties().NameSpan, "%s", why).
			Hintf("its new rows come in; see what differs with quern verify %s, or have it anew with %s", n.Name, FullRefresh)
		return step.because("altered", step.Relation.String()), why
	}
	return s.newInputs(step, known)
}

// history gives, for what a step reads, the digest of its query and of those above it.
func (s *settler) history(step *Step) map[project.ID]fingerprint.Digest {
	out := make(map[project.ID]fingerprint.Digest, len(step.Reads))
	for _, id := range step.Reads {
		if digest := s.historyOf(id, 0); digest != "" {
			out[id] = digest
		}
	}
	return out
}

// historyOf is empty for sources and seeds, which have no query.
func (s *settler) historyOf(id project.ID, depth int) fingerprint.Digest {
	if digest, ok := s.histories[id]; ok || depth > len(s.g.Nodes) {
		return digest
	}
	var text string
	var reads []project.ID
	if step := s.steps[id]; step != nil {
		text, reads = step.Code.Text, step.Reads
	} else if n := s.g.ByID[id]; n != nil && n.Kind == link.Model {
		known := s.opts.State.Find(id, s.p.Nodes[n.Index].Relation)
		if known == nil {
			return ""
		}
		text = known.Text
		for read := range known.Inputs {
			reads = append(reads, read)
		}
		slices.Sort(reads)
	}
	var digest fingerprint.Digest
	if text != "" {
		parts := []string{text}
		for _, read := range reads {
			parts = append(parts, string(read), string(s.historyOf(read, depth+1)))
		}
		digest = fingerprint.Of(parts...)
	}
	s.histories[id] = digest
	return digest
}

// warnOfHistory warns of rows that came of what is no longer as it was.
func (s *settler) warnOfHistory(step *Step, n *link.Node) {
	known := step.Former
	if known == nil || known.Growth == nil {
		return
	}
	var changed []string
	for _, id := range step.Reads {
		was, ok := known.Growth.History[id]
		now := step.Growth.Known.History[id]
		if ok && was != now || s.isAnew(id, 0) {
			changed = append(changed, fmt.Sprintf("%q", id.Name()))
		}
	}
	if len(changed) > 0 {
		s.diags.Warnf(diag.HistoryChanged, n.Properties().NameSpan, "%q keeps rows that %s gave before it changed", n.Name, list(changed)).
			Hintf("a query there or above changed, or a table is built whole: see what differs with quern verify %s, or have it anew with %s", n.Name, FullRefresh)
	}
}

// isAnew reports whether the table of an incremental model is built whole at a node or above it.
func (s *settler) isAnew(id project.ID, depth int) bool {
	if s.anew[id] {
		return true
	}
	step := s.steps[id]
	if step == nil || depth > len(s.plan.Steps) {
		return false
	}
	return slices.ContainsFunc(step.Reads, func(id project.ID) bool { return s.isAnew(id, depth+1) })
}

// onDelta reports whether a test can look at the new rows alone: they are what changes, and it looks at each row by
// itself, or is told to. Columns that a merge leaves as they were may not go with those it updates, and a post_hook may
// change any row.
func (s *settler) onDelta(step *Step, a *Audit) bool {
	g := step.Growth
	n := s.g.ByID[a.ID]
	byItself := a.WarnIf.Op == "" && a.ErrorIf.Op == "" && g.Spec.Update == nil && g.Spec.Exclude == nil && s.isRowwise(n)
	scope := n.Test.Config.Scope
	if scope == project.TableScope || scope == project.AnyScope && !byItself || len(step.Post) > 0 {
		return false
	}
	return a.Known != nil && a.Known.Warned == nil && step.Former != nil && !step.Former.Failed &&
		a.Known.Inputs[step.ID] == step.Former.Data.Seen(a.Ordered)
}

// updating tells what an update does: which tests look at the new rows alone, and its statements.
func (s *settler) updating(step *Step) {
	d := s.opts.Dialect
	spec := step.Growth.Spec
	if step.LoadsNothing() {
		step.Statements = nil
		return
	}
	step.Statements = []string{d.CreateTableAs(step.Candidate, step.NewRows.SQL)}
	add := func(text string) { step.Statements = append(step.Statements, text) }
	if spec.Strategy.HasKey() {
		add(spec.Duplicates(d))
	}
	var onTable []*Audit
	for _, a := range step.Audits {
		if a.OnDelta = s.onDelta(step, a); a.OnDelta {
			add(a.Query.SQL)
		} else if a.Published.Query != nil {
			onTable = append(onTable, a)
		}
	}
	if columns := s.p.Nodes[s.g.ByID[step.ID].Index].Columns; len(columns) > 0 {
		spec.Table, spec.Columns = columns, columns
		if step.Columns != nil {
			spec.Table = s.spelled(s.existing[step.Relation.Fold()].Fields)
		}
		if statements, err := spec.Statements(d); err == nil {
			step.Statements = append(append(step.Statements, statements.Alter...), statements.Apply...)
		}
	}
	step.Statements = append(step.Statements, texts(step.Post)...)
	for _, a := range onTable {
		add(a.Published.Query.SQL)
	}
}
