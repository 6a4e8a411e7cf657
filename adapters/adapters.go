// Package adapters is the contract between Quern and the engines it runs on.
//
// An adapter gives a pure Dialect, which writes SQL, and an Engine, which opens sessions. Every
// adapter passes the suite in adapters/adaptertest. Adapters import the compiler's leaf packages
// only, and the compiler imports no adapter.
package adapters

import (
	"context"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// Capability is something an engine can do; the suite proves what is declared, and that what is not
// is refused with an *engine.Error.
type Capability string

// The capabilities a declaration may list.
const (
	CapTransactions  Capability = "transactions"   // several statements commit together
	CapAtomicPublish Capability = "atomic-publish" // readers see the old or the new relation, never none
	CapExport        Capability = "export"         // queries written to files
	CapFileSources   Capability = "file-sources"   // files read in place
	CapCancel        Capability = "cancel"         // a running statement can be cancelled
	CapConcurrent    Capability = "concurrent"     // several sessions write different relations at once
	CapRoles         Capability = "roles"          // privileges on relations are granted to roles
)

// Dialect writes an engine's SQL. It is pure and safe for concurrent use.
type Dialect interface {
	// Name is the type in quern.yml, such as "duckdb".
	Name() string
	// Quote gives an identifier in quotes, always.
	Quote(identifier string) string
	// Literal gives a value (nil, bool, int64, float64, string) as an SQL literal.
	Literal(value any) string
	// Relation gives a relation's name, quoted as far as it must be.
	Relation(name relation.Name) string
	// FileScan gives the table expression that reads the files that fit a pattern; the formats are csv,
	// parquet and json. Pattern gives the one that fits a path and nothing else.
	FileScan(pattern, format string) string
	Pattern(path string) string
	// SomeFiles gives the table expression that reads some of several files, by their paths, with the columns that
	// FileScan gives for all of them; columns are these as far as they are known. ListFiles gives the query for the
	// paths of the files that fit a pattern, in the order in which FileScan reads them.
	SomeFiles(all, some []string, format string, columns []relation.Column) string
	ListFiles(pattern string) string
	// CreateTableAs and CreateView give the statements a session sends.
	CreateTableAs(name relation.Name, query string) string
	CreateView(name relation.Name, query string) string
	// Comment gives the statement that makes a text the comment on a relation of a kind or, where it is named, on a
	// column of it; an empty text takes the comment away.
	Comment(kind relation.Kind, name relation.Name, column, text string) string
	// Grant gives the statement that grants a privilege on a relation to roles. It gives false where the engine has
	// no roles; CapRoles says the same of an opened one.
	Grant(privilege string, name relation.Name, roles []string) (string, bool)
	// IsAggregate reports whether a function of that name aggregates.
	IsAggregate(function string) bool
	// MaxIdentifier is the longest identifier in bytes; zero means no limit.
	MaxIdentifier() int
	// TypeName gives the engine's own spelling, as its catalog has it, of a type that a project
	// writes: a logical one (see relation.Logical) or, failing that, one in the engine's words. It
	// gives false for what it does not know.
	TypeName(written string) (string, bool)
	// NativeType gives that spelling of a type in the engine's words, with all their other names. It
	// gives false for what it does not know, such as a type of the user's.
	NativeType(written string) (string, bool)
	// LogicalType gives the logical name of a type in the engine's spelling, and false where it has
	// none.
	LogicalType(native string) (string, bool)
}

// Engine is an opened target. It is safe for concurrent use until Close.
type Engine interface {
	Dialect() Dialect
	Capabilities() []Capability
	// Version is the engine's own, such as "v1.5.5".
	Version(ctx context.Context) (string, error)
	// MaxSessions is how many sessions may work at once; zero means no limit.
	MaxSessions() int
	// Session opens a session; the caller closes it.
	Session(ctx context.Context) (Session, error)
	Close() error
}

// Session is one connection. It is not safe for concurrent use. All errors of the engine are
// *engine.Error; a Position counts in the query that was given, not in the statement made from it.
type Session interface {
	// EnsureSchema creates a schema unless it is there.
	EnsureSchema(ctx context.Context, database, schema string) error
	// List gives the relations of a schema, sorted by name; a schema that is not there has none.
	List(ctx context.Context, database, schema string) ([]relation.Object, error)
	// Columns gives a relation's columns in their order.
	Columns(ctx context.Context, name relation.Name) ([]relation.Column, error)
	// Describe gives the columns of a query without running it.
	Describe(ctx context.Context, query string) ([]relation.Column, error)
	// CreateTable makes a table of a query's rows, in the place of any relation of that name, and
	// gives the number of rows.
	CreateTable(ctx context.Context, name relation.Name, query string) (int64, error)
	// CreateView makes a view, in the place of any relation of that name.
	CreateView(ctx context.Context, name relation.Name, query string) error
	// Load makes a table of a file's rows and gives their number. A bad row loads nothing: the error
	// has the Place in the file.
	Load(ctx context.Context, load engine.Load) (int64, error)
	// Export writes a query's rows to exactly the path it is given, in the place of a file that is
	// there, makes the folders above it, and gives the number of rows. A failed export leaves nothing.
	// The rows can be read back with ExportScan, which a session makes sure of before it answers.
	Export(ctx context.Context, export engine.Export) (int64, error)
	// ExportScan gives the query that reads what an export of so many rows wrote to its path, with the
	// columns of the export. It asks nothing of the engine: the path may be where the files will be.
	ExportScan(export engine.Export, rows int64) string
	// Publish does all publications in one atomic step, and in the same step, after them, it executes
	// the statements of with; each of these is one statement, and none ends a transaction. There may be
	// statements alone. An error means that nothing of it happened and every candidate is still there,
	// so the same call can be made again; a missing candidate is an error. A candidate is in the schema
	// of the relation it replaces.
	Publish(ctx context.Context, publications []engine.Publication, with ...string) error
	// InTransaction runs do, and what the session does within it commits together; within another, it is
	// part of that one. Nothing of it stays where do gives an error, where one of the session's methods
	// failed in several steps, or where the engine gave up the transaction after an error, which do then
	// cannot pass over. An error of InTransaction that is none of do's and not ambiguous means the same.
	// Files that were written stay.
	InTransaction(ctx context.Context, do func(ctx context.Context) error) error
	// Digest reads a relation and gives what tells whether another, or the same at another time, holds
	// the same rows.
	Digest(ctx context.Context, name relation.Name) (engine.Digest, error)
	// Digests does the same for several relations, at once where that saves time.
	Digests(ctx context.Context, names []relation.Name) ([]engine.Digest, error)
	// Shapes gives the relations of some schemas of a database, sorted by schema and name, as the catalog tells
	// of them; a schema that is not there has none. A table's Rows are exact, and its Fields have no Nullable. A view
	// whose parents changed may have its old Columns until it is read.
	Shapes(ctx context.Context, database string, schemas ...string) ([]engine.Shape, error)
	// Definitions gives for the views of a schema, by their names in small letters, a hash of the text that the
	// engine keeps, as Shapes does.
	Definitions(ctx context.Context, database, schema string) (map[string]string, error)
	// Drop drops a relation, whatever its kind; one that is not there is no error.
	Drop(ctx context.Context, name relation.Name) error
	// Query gives at most limit rows; zero means all. Statements that are no queries are refused.
	Query(ctx context.Context, query string, limit int) (*engine.Rows, error)
	// Exec runs a statement without a result.
	Exec(ctx context.Context, statement string) error
	Close() error
}

// Config is a target of quern.yml, with its environment filled in.
type Config struct {
	// Dir is the project folder, absolute; relative paths of the target start there.
	Dir string
	// Settings are the target's keys as written, besides type, schema and threads.
	Settings map[string]any
	// Threads limits the sessions that work at once.
	Threads int
	// ReadOnly asks for a target that nothing can be written to, and that is not made where it does
	// not exist: then the error's cause is fs.ErrNotExist.
	ReadOnly bool
	// Scratch asks for an empty database in the target's place, with the target's other settings,
	// which is gone after Close.
	Scratch bool
	// Environment is the name of the environment that is opened in the target's place: what it reads of
	// the target is in the database that the adapter's Base names, and is never written. ReadOnly, an
	// environment that does not exist is empty where there is a target.
	Environment string
}

// Adapter opens engines of one type.
type Adapter struct {
	Dialect Dialect
	// DefaultSchema is used by targets that name none.
	DefaultSchema string
	// Settings are the names of the keys a target of this type may have.
	Settings []string
	// Base is the database under which an environment finds the target that it stands beside; empty where
	// they are schemas of one database.
	Base string
	// EnvironmentFile gives the file of an environment of the target, whether it exists or not. Nil where
	// environments have no files.
	EnvironmentFile func(config Config) (string, error)
	// Version gives the version of the engine that is linked in, such as "v1.5.5", without opening
	// anything. Nil, or "", where none is.
	Version func() string
	// Start begins what every Open takes before it looks at a target, beside what the caller does; the next Open
	// uses it. Calling what it gives lets go of it where there was none. Nil where nothing can be begun.
	Start func() (stop func())
	// Open opens the target. An error is an *engine.Error with a message that helps.
	Open func(ctx context.Context, config Config) (Engine, error)
	// Files gives the absolute paths of the files that hold a target, whether they are there or not, and whether
	// they hold all of it, so that nothing changed in it while they are as they were. Nil where that cannot be told.
	Files func(config Config) ([]string, bool)
	// Describer gives what binds queries without the target. It opens nothing yet: mistakes in the
	// settings that matter come from its methods. Nil where the engine can tell nothing.
	Describer func(config Config) Describer
}

// Describer tells of queries and files what an engine knows without running anything, in processes
// and catalogs of its own: the target is never opened. It is safe for concurrent use.
type Describer interface {
	// Version names the engine, and everything else that answers depend on besides the query and the
	// tables it reads, such as the target's settings. Equal versions give equal answers.
	Version() string
	Level() lineage.Level
	// Scratch opens an empty catalog with the target's settings; the caller closes it.
	Scratch(ctx context.Context) (Scratch, error)
	// ScanColumns gives the columns of what Dialect.FileScan reads.
	ScanColumns(ctx context.Context, pattern, format string) ([]relation.Column, error)
	// LoadColumns gives the columns of the table that Session.Load would make, and refuses the files
	// that it would refuse. Both give engine.ErrNotKnown where only the target could tell.
	LoadColumns(ctx context.Context, load engine.Load) ([]relation.Column, error)
	Close() error
}

// Scratch is an empty catalog in which queries are bound. It is not safe for concurrent use. All
// errors of the engine are *engine.Error with a Position in the query that was given.
type Scratch interface {
	// Define makes empty tables, in the place of those of the same name; schemas and databases are made
	// where they are missing. A column's Nullable tells whether the table's column may hold NULL.
	Define(ctx context.Context, tables []lineage.Table) error
	// Describe binds a query and runs nothing.
	Describe(ctx context.Context, query string) (*lineage.Query, error)
	// DescribeAll does the same for several queries, at once where that saves time.
	DescribeAll(ctx context.Context, queries []string) []lineage.Answer
	// Parse finds mistakes of syntax in a query whose tables are not known.
	Parse(ctx context.Context, query string) error
	// Clear makes the catalog as empty as another one would be. After an error it is to be closed.
	Clear(ctx context.Context) error
	Close() error
}
