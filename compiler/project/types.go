package project

import (
	"iter"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
)

// ID names a node: its kind and name, as "model.orders" or "source.raw.orders".
type ID string

// Kind gives the part before the first dot.
func (id ID) Kind() string {
	kind, _, _ := strings.Cut(string(id), ".")
	return kind
}

// Name gives the part after the first dot.
func (id ID) Name() string {
	_, name, _ := strings.Cut(string(id), ".")
	return name
}

// Project is everything a project's files say, checked key by key but not yet linked. Slices are
// sorted by name. It is never changed after Load gave it.
type Project struct {
	Name string
	// Dir is the absolute project folder.
	Dir string
	// File is quern.yml.
	File    *source.File
	Vars    map[string]Var
	Target  Target
	Targets []string // the names of all targets, sorted
	Paths   Paths
	// Artifacts is the folder of durable files, relative to Dir.
	Artifacts string
	// Levels are those of warnings that do not have their own.
	Levels map[diag.Code]diag.Level
	// RuntimeVars are vars and environment variables that are not part of the code.
	RuntimeVars []string

	Models       []*Model
	Seeds        []*Seed
	Sources      []*Source
	Macros       []*Macro
	GenericTests []*GenericTest
	Tests        []*SingularTest
	Exposures    []*Exposure
	Groups       []*Group
	Selectors    []*Selector

	BuildHooks BuildHooks
}

// Relations gives what is said of every model, seed and source, in this order.
func (p *Project) Relations() iter.Seq2[ID, *Properties] {
	return func(yield func(ID, *Properties) bool) {
		for _, m := range p.Models {
			if !yield(m.ID, &m.Properties) {
				return
			}
		}
		for _, s := range p.Seeds {
			if !yield(s.ID, &s.Properties) {
				return
			}
		}
		for _, s := range p.Sources {
			if !yield(s.ID, &s.Properties) {
				return
			}
		}
	}
}

// Paths are the project's folders, relative to Dir.
type Paths struct {
	Models, Seeds, Macros, Tests string
}

// Var is a declared variable. Value renders exactly as it was written.
type Var struct {
	Value string
	Span  source.Span
}

// Target is the target in use, with the environment filled in.
type Target struct {
	Name, Type string
	// Schema is empty where the target names none, and so is StateSchema.
	Schema      string
	StateSchema string
	// Environment is the name of the environment that is built in the target's place; empty for none.
	Environment string
	Threads     int
	// Settings are the other keys: string, bool, int64, float64, []any or map[string]any.
	Settings map[string]any
	Span     source.Span
	// Keys are the places of the settings' keys.
	Keys map[string]source.Span
	// Secrets are values that no output may show.
	Secrets []string
}

// Text is a piece of text from a file that may hold a template.
type Text struct {
	Value string
	// Span is where it stands. Where Exact is true, Span.Text() == Value, so that offsets agree.
	Span  source.Span
	Exact bool
}

// IsZero reports whether the key was not set.
func (t Text) IsZero() bool { return t.Value == "" && t.Span.IsZero() }

// Materialization says how a model is kept.
type Materialization uint8

// The materializations.
const (
	View Materialization = iota + 1
	Table
	Ephemeral
	External
	Incremental
	Snapshot
)

// String gives the word of the `materialized` key.
func (m Materialization) String() string {
	switch m {
	case Table:
		return "table"
	case Ephemeral:
		return "ephemeral"
	case External:
		return "external"
	case Incremental:
		return "incremental"
	case Snapshot:
		return "snapshot"
	default:
		return "view"
	}
}

// IsTable reports whether the engine keeps the rows in a table.
func (m Materialization) IsTable() bool { return m == Table || m == Incremental || m == Snapshot }

// Model is one file below models/ with its configuration: front matter, YAML files and the folder's
// defaults put together.
type Model struct {
	ID   ID
	Name string
	File *source.File
	// Body is the template: the file without its front matter.
	Body source.Span
	// Broken says that the file holds no text that could be a query and that this is reported.
	// Later stages treat the model as existing and say nothing more of it or what reads it.
	Broken bool
	Properties
	Materialized Materialization
	Database     Text
	Schema       Text
	Alias        Text
	Enabled      Text // "" means true
	DependsOn    []Reference
	Asserts      []Text
	External     ExternalConfig
	Incremental  IncrementalConfig
	// Snapshot is nil for models that are none.
	Snapshot *SnapshotConfig
	// PublishAt is the place of the key publish_group; zero where it is not set, or not known.
	PublishAt source.Span
	Contract  Contract
	Hooks     Hooks
	Docs      PersistDocs
	Grants    Grants
	KeyPlaces
	// Config is every key that is set for the model and its value as text, for the selector's
	// config.KEY method and for `ls`.
	Config map[string]string
}

// Contract says whether a model's columns have to be as they are declared.
type Contract struct {
	Enforced bool
	// Span is the key's place; it is zero where the key is not set.
	Span source.Span
}

// Properties are what every described node has.
type Properties struct {
	// NameSpan is where the node is named or, failing that, the start of its file.
	NameSpan    source.Span
	Description string
	Tags        []string // sorted, without repetitions
	Owner       string
	Group       string
	Meta        map[string]any
	Columns     []Column
	// ColumnsAt is the place of the key "columns", and DescribedAt that of the name under which a YAML
	// file describes the node; both are zero where there is none.
	ColumnsAt, DescribedAt source.Span
	Tests                  []TestUse // of the node itself and of its columns
}

// Column is a column as YAML or front matter declares it.
type Column struct {
	Name     string
	Type     string // as written; "" where it is not
	Native   bool   // Type came from native_type
	TypeSpan source.Span
	// Nullable is unknown where the key is not set.
	Nullable     relation.Nullable
	NullableSpan source.Span
	Description  string
	Sensitive    bool
	Meta         map[string]any
	Span         source.Span
}

// Reference is a name that ought to be a model or a seed, or a source as "source.table".
type Reference struct {
	Name string
	Span source.Span
}

// ExternalConfig says where and how an external model is written.
type ExternalConfig struct {
	// Format is parquet, csv or json.
	Format      string
	Location    Text // "" means <artifacts>/<name>.<format>
	PartitionBy []string
	// PartitionAt are the places of the columns of PartitionBy.
	PartitionAt []source.Span
	Options     map[string]string
}

// Seed is a file below seeds/ that is loaded as a table. Properties come from YAML.
type Seed struct {
	ID   ID
	Name string
	// Path is relative to the project folder. Format is csv, parquet or json.
	Path, Format string
	Properties
	Schema      Text
	Alias       Text
	ColumnTypes map[string]string
	Delimiter   string
	Quote       string
	NullValues  []string
	NoHeader    bool
	Docs        PersistDocs
	Config      map[string]string
}

// Source is one declared table or set of files that Quern reads and never writes.
type Source struct {
	ID ID // source.<Group>.<Name>
	// SourceName and Name are the two arguments of {{ source }}.
	SourceName string
	Name       string
	Properties
	// Database, Schema and Identifier name the relation of a table source.
	Database, Schema, Identifier string
	// Files is a path or a pattern relative to the project folder; "" for tables.
	Files  string
	Format string // of Files: parquet, csv or json
	// ColumnsComplete says that Columns is the full list.
	ColumnsComplete bool
	// Locked are the columns of sources.lock.yml, nil where it does not name the source.
	Locked  []Column
	Changes Changes
}

// Changes says how a table source tells that it changed. All empty means unknown.
type Changes struct {
	AppendOnly, UpdatedAt, Version string
}

// Argument is a parameter of a macro or a generic test.
type Argument struct {
	Name string
	// Default is nil where the argument is required: string, bool, int64, float64, []any or
	// map[string]any.
	Default    any
	HasDefault bool
	Span       source.Span
}

// Macro is a template function written in a file.
type Macro struct {
	Name string
	File *source.File
	Body source.Span
	Args []Argument
	Properties
}

// GenericTest is a test with arguments. BuiltIn ones are part of Quern.
type GenericTest struct {
	Name    string
	File    *source.File
	Body    source.Span
	Args    []Argument // the first is "model"; mostly "column" follows
	BuiltIn bool
	// Counts is the column that says for how many wrong rows a selected one stands; without it each
	// stands for itself.
	Counts Text
}

// SingularTest is a query that returns the rows that are wrong.
type SingularTest struct {
	ID   ID
	Name string
	File *source.File
	Body source.Span
	Properties
	Config TestConfig
}

// TestUse is a generic test put on a model, seed or source, or on a column of one.
type TestUse struct {
	// Test is the generic test's name.
	Test string
	// Column is "" for a test of the whole relation.
	Column string
	Args   []ArgValue // in the order they are written
	// Config is never nil, and shared by the tests that set nothing.
	Config *TestConfig
	Span   source.Span
}

// ArgValue is an argument of a test: string, bool, int64, float64, nil, []any or map[string]any.
type ArgValue struct {
	Name  string
	Value any
	// Text is set for strings, which may hold templates where the test says so.
	Text Text
	// Span is that of the name, ValueSpan that of the value.
	Span, ValueSpan source.Span
}

// Severity says what a failing test does.
type Severity uint8

// The severities of tests.
const (
	SeverityError Severity = iota + 1 // blocks publishing and descendants
	SeverityWarn                      // reports
)

// TestConfig is the `config` of a test.
type TestConfig struct {
	Name          string // "" means the derived name
	Severity      Severity
	Where         Text
	WarnIf        Threshold
	ErrorIf       Threshold
	Limit         int // of wrong rows shown; zero means the default
	StoreFailures bool
	Tags          []string
	// Scope says which rows of an incremental model are tested, ScopeAt where that stands.
	Scope   Scope
	ScopeAt source.Span
	Span    source.Span
}

// Threshold compares a count of wrong rows, or their share, with a limit.
type Threshold struct {
	// Op is one of > >= < <= = != ; "" means the threshold is not set.
	Op    string
	Value float64
	// Percent says that Value is a share of the tested rows in percent.
	Percent bool
	Text    string // as written
	Span    source.Span
}

// Exposure is something outside the project that reads from it.
type Exposure struct {
	ID   ID
	Name string
	Type string
	URL  string
	Properties
	DependsOn []Reference
}
