package project

import (
	"slices"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/source"
)

// IncrementalConfig says how an incremental model grows.
type IncrementalConfig struct {
	Strategy increment.Strategy
	// Key are the columns of unique_key.
	Key []ColumnName
	// Predicates narrow the rows of the table that are looked at.
	Predicates []Text
	// Update are the columns that a merge updates, nil for all; Exclude those that it does not.
	Update, Exclude []ColumnName
	OnSchemaChange  increment.SchemaChange
	OnCodeChange    CodeChange
	// EventTime is the column of a microbatch's windows, Batches says which there are.
	EventTime ColumnName
	Batches   increment.Batches
	// NewFiles says that each file of the source that it reads is loaded once; NewFilesAt is where that stands.
	NewFiles   bool
	NewFilesAt source.Span
	// Protected says that --full-refresh does not build it anew.
	Protected bool
}

// ColumnName is a column that a key names.
type ColumnName struct {
	Name string
	Span source.Span
}

// CodeChange says what to do where the query of a full build is another one than that of the table.
type CodeChange uint8

// The ways. The zero value is FailOnCode.
const (
	FailOnCode   CodeChange = iota // the plan stops
	KeepRows                       // the rows that are there stay
	RefreshFully                   // the table is built anew
)

// String gives the word of the key on_code_change.
func (c CodeChange) String() string { return [...]string{"fail", "keep", "full_refresh"}[c] }

// Scope says which rows a test of an incremental model looks at.
type Scope uint8

// The scopes. The zero value leaves it to the test.
const (
	AnyScope Scope = iota
	DeltaScope
	TableScope
)

func scopeOf(word string) Scope {
	if word == "delta" {
		return DeltaScope
	}
	return TableScope
}

// incrementalPatch is what one place says of how a model grows.
type incrementalPatch struct {
	strategy increment.Strategy // zero where it is not set
	config   IncrementalConfig
	// looksBack says that lookback is set.
	looksBack bool
}

// incrementalField reads a key of incremental models.
func (d *doc) incrementalField(f field, to *incrementalPatch) {
	c := &to.config
	switch f.name() {
	case "incremental_strategy":
		to.strategy = wordOf(f.value.text, increment.Append, increment.Microbatch)
	case "unique_key":
		c.Key = d.columnNames(f)
	case "incremental_predicates":
		each(f.value, func(item *node) { c.Predicates = append(c.Predicates, d.text(item)) })
	case "merge_update_columns":
		c.Update = d.columnNames(f)
	case "merge_exclude_columns":
		c.Exclude = d.columnNames(f)
	case "on_schema_change":
		c.OnSchemaChange = wordOf(f.value.text, increment.FailOnChange, increment.SyncAllColumns)
	case "on_code_change":
		c.OnCodeChange = wordOf(f.value.text, FailOnCode, RefreshFully)
	case "full_refresh":
		c.Protected = !f.value.isTrue()
	case "new_files_only":
		c.NewFiles, c.NewFilesAt = f.value.isTrue(), d.span(f.key)
	case "event_time":
		c.EventTime = ColumnName{Name: f.value.text, Span: d.span(f.value)}
	case "begin":
		c.Batches.Begin = d.instant(f)
	case "batch_size":
		c.Batches.Size = wordOf(f.value.text, increment.Hour, increment.Year)
	case "lookback":
		i, _ := f.value.integer()
		c.Batches.Lookback = int(min(i, mostLookback))
		to.looksBack = true
	}
}

// mostLookback is more than there can be windows.
const mostLookback = 1 << 30

// instantLayouts are the ways to write an instant; without a zone it is UTC.
var instantLayouts = []string{
	"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339,
}

func (d *doc) instant(f field) time.Time {
	for _, layout := range instantLayouts {
		if t, err := time.Parse(layout, f.value.text); err == nil {
			return t.UTC()
		}
	}
	d.diags.Errorf(diag.InvalidValue, d.span(f.value), "%q is no instant", f.value.text).
		Hintf("write it as 2024-01-31 or 2024-01-31 18:00, in UTC")
	return time.Time{}
}

// wordOf gives the value of an enumeration that has a word; the first one where none has.
func wordOf[T interface {
	~uint8
	String() string
}](word string, first, last T) T {
	for v := first; v <= last; v++ {
		if v.String() == word {
			return v
		}
	}
	return first
}

// columnNames reads names of columns; one that is empty or stands twice is reported.
func (d *doc) columnNames(f field) []ColumnName {
	out := []ColumnName{}
	each(f.value, func(item *node) {
		name := ColumnName{Name: item.text, Span: d.span(item)}
		same := func(c ColumnName) bool { return strings.EqualFold(c.Name, name.Name) }
		switch {
		case name.Name == "":
			d.diags.Errorf(diag.InvalidValue, name.Span, "%q names no column", f.name()).Hintf("write the name of a column")
		case slices.ContainsFunc(out, same):
			d.diags.Errorf(diag.InvalidValue, name.Span, "%q names the column %q twice", f.name(), name.Name).Hintf("remove one of them")
		default:
			out = append(out, name)
		}
	})
	if len(out) == 0 && len(f.value.kids) == 0 && f.value.kind == listNode && f.name() != "merge_update_columns" {
		d.diags.Errorf(diag.InvalidValue, d.span(f.key), "%q names no column", f.name()).Hintf("name a column, or remove the key")
	}
	return out
}

// take takes over a key that from sets.
func (p *incrementalPatch) take(from *incrementalPatch, name string) {
	c, other := &p.config, &from.config
	switch name {
	case "incremental_strategy":
		p.strategy = from.strategy
	case "unique_key":
		c.Key = other.Key
	case "incremental_predicates":
		c.Predicates = other.Predicates
	case "merge_update_columns":
		c.Update = other.Update
	case "merge_exclude_columns":
		c.Exclude = other.Exclude
	case "on_schema_change":
		c.OnSchemaChange = other.OnSchemaChange
	case "on_code_change":
		c.OnCodeChange = other.OnCodeChange
	case "full_refresh":
		c.Protected = other.Protected
	case "new_files_only":
		c.NewFiles, c.NewFilesAt = other.NewFiles, other.NewFilesAt
	case "event_time":
		c.EventTime = other.EventTime
	case "begin":
		c.Batches.Begin = other.Batches.Begin
	case "batch_size":
		c.Batches.Size = other.Batches.Size
	case "lookback":
		c.Batches.Lookback, p.looksBack = other.Batches.Lookback, from.looksBack
	}
}

// ofStrategies says which strategies a key is for.
var ofStrategies = map[string][]increment.Strategy{
	"unique_key":             {increment.Merge, increment.DeleteInsert},
	"incremental_predicates": {increment.Merge, increment.DeleteInsert},
	"merge_update_columns":   {increment.Merge},
	"merge_exclude_columns":  {increment.Merge},
	"new_files_only":         {increment.Append},
	"event_time":             {increment.Microbatch},
	"begin":                  {increment.Microbatch},
	"batch_size":             {increment.Microbatch},
	"lookback":               {increment.Microbatch},
}

// incrementalConfig gives how a model grows, and checks that its keys go together.
func (p *modelPatch) incrementalConfig(m *Model, diags *diag.List) IncrementalConfig {
	c := p.incremental.config
	c.Strategy = p.incremental.strategy
	switch {
	case c.Strategy != 0:
	case c.Key != nil:
		c.Strategy = increment.Merge
	default:
		c.Strategy = increment.Append
	}
	c.NewFiles = c.NewFiles && c.Strategy == increment.Append
	for _, s := range p.set {
		of := ofStrategies[s.name]
		// A folder's defaults are for those of its models that can use them.
		if of == nil || slices.Contains(of, c.Strategy) || s.span.File.Path == ProjectFile {
			continue
		}
		words := make([]string, len(of))
		for i, strategy := range of {
			words[i] = strategy.String()
		}
		diags.Errorf(diag.MisplacedKey, s.span, "the key %q is for the strategy %s, and %q uses %s",
			s.name, strings.Join(words, " or "), m.Name, c.Strategy).
			Hintf("set incremental_strategy: %s, or remove the key", words[0])
	}
	if c.Strategy.HasKey() && c.Key == nil {
		diags.Errorf(diag.MissingKey, p.placeOf("incremental_strategy", m), "the strategy %s of %q needs the key %q",
			c.Strategy, m.Name, "unique_key").Hintf("name the columns that find a row, as in unique_key: id")
	}
	if c.Strategy == increment.Microbatch {
		if !p.incremental.looksBack {
			c.Batches.Lookback = 1
		}
		for _, name := range []string{"event_time", "begin", "batch_size"} {
			if findKey(p.set, name) == nil {
				diags.Errorf(diag.MissingKey, p.placeOf("incremental_strategy", m), "the strategy %s of %q needs the key %q",
					c.Strategy, m.Name, name).Hintf("a microbatch needs event_time: COLUMN, begin: 2024-01-31 and batch_size: day")
			}
		}
	}
	if c.Update != nil && c.Exclude != nil {
		s := findKey(p.set, "merge_exclude_columns")
		diags.Errorf(diag.InvalidValue, s.span, "%q has merge_update_columns and merge_exclude_columns", m.Name).
			Hintf("keep one of them: what is not updated is excluded").
			Notef(findKey(p.set, "merge_update_columns").span, "the columns to update stand here")
	}
	if c.Protected && c.OnCodeChange == RefreshFully {
		s := findKey(p.set, "on_code_change")
		diags.Errorf(diag.InvalidValue, s.span, "%q is protected from full refreshes, and a change of its query asks for one", m.Name).
			Hintf("remove full_refresh: false, or write on_code_change: fail or keep").
			Notef(findKey(p.set, "full_refresh").span, "it is protected here")
	}
	for _, name := range slices.Concat(c.Update, c.Exclude) {
		if slices.ContainsFunc(c.Key, func(k ColumnName) bool { return strings.EqualFold(k.Name, name.Name) }) {
			diags.Errorf(diag.InvalidValue, name.Span, "%q is a column of the unique_key, which a merge never updates", name.Name).
				Hintf("remove it here")
		}
	}
	return c
}

// placeOf gives the place of a key, or else that of the model's materialization.
func (p *modelPatch) placeOf(name string, m *Model) source.Span {
	for _, name := range []string{name, "materialized"} {
		if s := findKey(p.set, name); s != nil {
			return s.span
		}
	}
	return m.NameSpan
}

// checkScopes reports scopes of tests of what does not grow.
func (a *assembler) checkScopes() {
	refuse := func(c *TestConfig, why string) {
		if c.Scope != AnyScope {
			a.diags.Errorf(diag.MisplacedKey, c.ScopeAt, "the key %q is for tests of incremental models, and %s", "scope", why).
				Hintf("remove it: all rows are tested")
		}
	}
	kept := map[ID]Materialization{}
	for _, m := range a.project.Models {
		kept[m.ID] = m.Materialized
	}
	for id, properties := range a.project.Relations() {
		if kept[id] == Incremental {
			continue
		}
		why := quoted(id.Name()) + " is a " + id.Kind()
		if m, ok := kept[id]; ok {
			why = quoted(id.Name()) + " is kept as " + Noun(m.String())
		}
		for _, use := range properties.Tests {
			refuse(use.Config, why)
		}
	}
	for _, t := range a.project.Tests {
		refuse(&t.Config, quoted(t.Name)+" reads what it likes")
	}
}
