package check

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// errNoScratch says that the describer has no scratch to give; the binder has the reason.
var errNoScratch = errors.New("no scratch can be opened")

// errUndefined says that what stands for the parents of a query cannot be made in a scratch: the engine
// has no table with such columns, which is no mistake of the query's.
var errUndefined = errors.New("no table can stand for what is read")

// mostTables is how many tables a scratch may hold before it is given up for an empty one, so that
// memory does not grow with the project.
const mostTables = 2000

// open makes sure of a scratch.
func (w *bindWorker) open(ctx context.Context) error {
	if w.scratch != nil && len(w.defined) < mostTables {
		return nil
	}
	w.close()
	scratch, err := w.openScratch(ctx)
	w.scratch, w.defined = scratch, map[int]bool{}
	return err
}

// openScratch gives an empty scratch. Where the target's settings allow none nothing can be checked,
// which is said once.
func (w *bindWorker) openScratch(ctx context.Context) (Scratch, error) {
	w.mu.Lock()
	refused := w.refused
	w.mu.Unlock()
	if refused != nil {
		return nil, errNoScratch
	}
	scratch, err := w.env.Describer.Scratch(ctx)
	e, ok := errors.AsType[*engine.Error](err)
	switch {
	case err == nil:
		return scratch, nil
	case !ok || e.Class == engine.Cancelled:
		return nil, fmt.Errorf("open a scratch database: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refused == nil {
		w.refused = w.noScratch(e)
	}
	return nil, errNoScratch
}

// noScratch says why the target's settings allow no scratch: wrong settings are mistakes, and what only
// the target has, such as a table that init_sql reads, is none.
func (w *bindWorker) noScratch(e *engine.Error) *diag.Diagnostic {
	target := w.graph.Project.Target
	at := target.Span
	if span, ok := target.Keys[e.Name]; ok {
		at = span
	}
	var list diag.List
	if e.Kind == "Settings" {
		return list.Errorf(diag.TargetSetting, at, "%s", e.Message).Hinted(e.Hint)
	}
	return list.Warnf(diag.NothingChecked, at, "nothing is checked: %s", e.Message).Hinted(e.Hint)
}

// describe binds a query, or finds in the store what it came to the last time.
func (w *bindWorker) describe(ctx context.Context, q *bound) (*lineage.Query, error) {
	if q.answer != nil {
		return q.answer, nil
	}
	key := w.key(q)
	if w.env.Store != nil {
		if known, ok := w.env.Store.Get(key); ok {
			return known, nil
		}
	}
	answer, err := w.bind(ctx, q)
	if err == nil && w.env.Store != nil {
		w.env.Store.Put(key, answer)
	}
	return answer, err
}

func (w *bindWorker) bind(ctx context.Context, q *bound) (*lineage.Query, error) {
	if views := w.rowIDs(q); views {
		return w.alone(ctx, q, true)
	}
	if err := w.open(ctx); err != nil {
		return nil, err
	}
	if err := w.define(ctx, q); err != nil {
		return nil, err
	}
	answer, err := w.scratch.Describe(ctx, q.filled.SQL)
	if err == nil && w.undeclared(q, answer) == nil {
		return answer, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	// Tables of other nodes in the scratch change what is said against a query; on its own it is
	// always the same.
	return w.alone(ctx, q, false)
}

// define makes the tables that queries read and the scratch does not have.
func (w *bindWorker) define(ctx context.Context, queries ...*bound) error {
	var missing []lineage.Table
	for _, q := range queries {
		for _, i := range q.reads {
			if !w.defined[i] {
				missing = append(missing, w.table(i, false))
				w.defined[i] = true
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if err := w.scratch.Define(ctx, missing); err != nil {
		w.close() // what was defined is not known
		return fmt.Errorf("%w: %w", errUndefined, err)
	}
	return nil
}

// alone binds a query in a scratch with nothing in it but what the query may read.
func (w *bindWorker) alone(ctx context.Context, q *bound, views bool) (*lineage.Query, error) {
	scratch, err := w.empty(ctx)
	if err != nil {
		return nil, err
	}
	tables := make([]lineage.Table, len(q.reads))
	for k, i := range q.reads {
		tables[k] = w.table(i, views && isView(w.graph.Nodes[i]))
	}
	if len(tables) > 0 {
		if err := scratch.Define(ctx, tables); err != nil {
			return nil, fmt.Errorf("%w: %w", errUndefined, err)
		}
	}
	answer, err := scratch.Describe(ctx, q.filled.SQL)
	if err != nil {
		return nil, err
	}
	if e := w.undeclared(q, answer); e != nil {
		return nil, e
	}
	return answer, nil
}

// empty gives a scratch with nothing in it: that of the last time, cleared, which takes less time than to
// open one.
func (w *bindWorker) empty(ctx context.Context) (Scratch, error) {
	if w.spare != nil && w.spare.Clear(ctx) == nil {
		return w.spare, nil
	}
	w.closeSpare()
	scratch, err := w.openScratch(ctx)
	if err != nil {
		return nil, err
	}
	w.spare = scratch
	return scratch, nil
}

// table gives what stands for a node in a scratch.
func (w *bindWorker) table(i int, view bool) lineage.Table {
	t := lineage.Table{Name: w.tables[i], View: view}
	if w.known[i] || i < len(w.graph.Nodes) && w.level < lineage.LevelColumns {
		t.Columns = w.program.Nodes[i].Columns
	}
	return t
}

// rowIDs reports whether a query may ask for row ids of a relation that has none.
func (w *bindWorker) rowIDs(q *bound) bool {
	return len(sqltoken.Find(q.filled.SQL, "rowid")) > 0 &&
		slices.ContainsFunc(q.reads, func(i int) bool { return isView(w.graph.Nodes[i]) })
}

// isView reports whether a node will have no rows of its own in the target.
func isView(n *link.Node) bool {
	switch n.Kind {
	case link.Model:
		return !n.Model.Materialized.IsTable()
	case link.Source:
		return n.Source.Files != ""
	default:
		return false
	}
}

// undeclared says against a query that it reads what neither {{ ref }} nor {{ source }} names; nil
// where it does not.
func (w *bindWorker) undeclared(q *bound, answer *lineage.Query) error {
	for _, read := range answer.Reads {
		if read.Function != "" {
			name := read.Function
			at := position(q.filled.SQL, name)
			if tok, ok := catalogView(q.filled.SQL); ok && at < 0 {
				at, name = tok.Start, tok.Text(q.filled.SQL)
			}
			if strings.ContainsAny(name, "./\\*") {
				return engine.Errorf("Permission", "Cannot access file %q", name)
			}
			return &engine.Error{
				Class: engine.Permanent, Kind: "Undeclared", Subtype: "FUNCTION", Position: at,
				Name: name, Message: fmt.Sprintf("%q reads what the project does not declare", name),
				Hint: "declare a source, with files for files, and read it with {{ source }}",
			}
		}
		if !w.declared(q, read.Relation) {
			return &engine.Error{
				Class: engine.Permanent, Kind: "Undeclared", Subtype: "TABLE", Position: position(q.filled.SQL, read.Relation.Identifier),
				Name: read.Relation.Identifier, Message: fmt.Sprintf("table %q is not declared", read.Relation),
			}
		}
	}
	return nil
}

// catalogView finds the name of a view of the engine's own catalog, which its plan shows as the functions
// it is made of.
func catalogView(sql string) (sqltoken.Token, bool) {
	for _, tok := range sqltoken.Code(sql) {
		if !tok.IsName() {
			continue
		}
		switch name := strings.ToLower(tok.Name(sql)); {
		case name == "information_schema", name == "pg_catalog", strings.HasPrefix(name, "pg_"),
			strings.HasPrefix(name, "duckdb_"), strings.HasPrefix(name, "sqlite_"):
			return tok, true
		}
	}
	return sqltoken.Token{}, false
}

func (w *bindWorker) declared(q *bound, name relation.Name) bool {
	_, ok := w.nodeOf(q, name)
	return ok
}

// nodeOf gives the node that a relation of a query stands for. An engine may name the schema and the
// database where the project leaves them to it.
func (w *bindWorker) nodeOf(q *bound, name relation.Name) (int, bool) {
	for _, i := range q.reads {
		table := w.tables[i]
		if strings.EqualFold(table.Identifier, name.Identifier) &&
			(table.Schema == "" || name.Schema == "" || strings.EqualFold(table.Schema, name.Schema)) &&
			(table.Database == "" || name.Database == "" || strings.EqualFold(table.Database, name.Database)) {
			return i, true
		}
	}
	return 0, false
}

// position gives the place of a name in a text where it stands once, or -1.
func position(sql, name string) int {
	if found := sqltoken.Find(sql, name); len(found) == 1 {
		return found[0].Start
	}
	return -1
}

// Key is a hash of all that an answer depends on.
type Key [16]byte

// Store keeps answers between runs. It is safe for concurrent use.
type Store interface {
	Get(key Key) (*lineage.Query, bool)
	Put(key Key, answer *lineage.Query)
}

// key is the hash of a query, the engine, and the columns of what it reads.
func (w *bindWorker) key(q *bound) Key {
	buf := make([]byte, 0, 1024+len(q.filled.SQL))
	buf = appendText(buf, w.version)
	buf = appendText(buf, q.filled.SQL)
	for _, i := range q.reads {
		n := w.graph.Nodes[i]
		buf = appendName(buf, w.tables[i])
		if isView(n) {
			buf = append(buf, 'v')
		}
		buf = append(buf, w.digest[i][:]...)
	}
	return hash(buf)
}

func columnsKey(columns []relation.Column) Key {
	var buf []byte
	for _, c := range columns {
		buf = append(appendText(appendText(buf, c.Name), c.Type), byte(c.Nullable))
		buf = appendText(buf, c.Bare)
	}
	return hash(buf)
}

func appendName(buf []byte, name relation.Name) []byte {
	return appendText(appendText(appendText(buf, name.Database), name.Schema), name.Identifier)
}

func appendText(buf []byte, text string) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(text))), text...)
}

func hash(buf []byte) (key Key) {
	sum := sha256.Sum256(buf)
	copy(key[:], sum[:])
	return key
}
