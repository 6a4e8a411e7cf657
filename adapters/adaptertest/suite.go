// Package adaptertest is the suite that every adapter passes.
//
// It takes a Harness, which knows how to make fresh targets, and runs the contract of package
// adapters against them: what a Capability claims is proved, and what is not claimed must be refused
// with an *engine.Error. It knows no engine; the SQL it writes is common to all.
package adaptertest

import (
	"errors"
	"slices"
	"testing"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// Harness is what the suite needs to know of an adapter.
type Harness struct {
	Adapter adapters.Adapter
	// Config gives a target that is empty and nobody else's. It is called once per test.
	Config func(t testing.TB) adapters.Config
	// Refused gives a target that cannot be opened, and the secret its settings hold.
	Refused func(t testing.TB) (config adapters.Config, secret string)
	// Endless is a query that runs for more than a minute.
	Endless string
	// Values are round trips of types beyond the common ones.
	Values []Value
}

// Value is an expression and what Query must give for it.
type Value struct {
	Expression string
	Want       any
}

// test is one test of the suite.
type test struct {
	name string
	// needs is the capability that the test proves; where it is not declared, refuse runs instead.
	needs  adapters.Capability
	run    func(t *testing.T, x *target)
	refuse func(t *testing.T, x *target)
}

var tests = []test{
	{name: "schemas", run: schemas},
	{name: "tables", run: tables},
	{name: "thousand columns", run: thousandColumns},
	{name: "names", run: names},
	{name: "views", run: views},
	{name: "kinds change", run: kindsChange},
	{name: "describe", run: describe},
	{name: "limits", run: limits},
	{name: "values", run: values},
	{name: "literals", run: literals},
	{name: "digests", run: digests},
	{name: "digests of names", run: digestsOfNames},
	{name: "digests of random tables", run: digestsOfRandomTables},
	{name: "shapes", run: shapes},
	{name: "bulk load", run: bulkLoad},
	{name: "bad rows load nothing", run: badRows},
	{name: "refused target", run: refusedTarget},
	{name: "errors", run: typedErrors},
	{name: "publish", run: publish},
	{name: "publish again after a crash", run: publishAfterCrash},
	{name: "publish together", needs: adapters.CapTransactions, run: publishTogether, refuse: refusePublishTogether},
	{name: "publish with statements", needs: adapters.CapTransactions, run: publishWith, refuse: refusePublishWith},
	{name: "publish with failing statements", needs: adapters.CapTransactions, run: publishWithFails},
	{name: "in a transaction", needs: adapters.CapTransactions, run: inTransaction, refuse: refuseInTransaction},
	{name: "every method in a transaction", needs: adapters.CapTransactions, run: methodsInTransaction},
	{name: "errors in a transaction", needs: adapters.CapTransactions, run: errorsInTransaction},
	{name: "crashes in a transaction", needs: adapters.CapTransactions, run: crashInTransaction},
	{name: "publish under readers", needs: adapters.CapAtomicPublish, run: publishUnderReaders},
	{name: "concurrent writers", needs: adapters.CapConcurrent, run: concurrentWriters, refuse: refuseConcurrent},
	{name: "cancel", needs: adapters.CapCancel, run: cancel},
	{name: "export", needs: adapters.CapExport, run: export, refuse: refuseExport},
	{name: "roles", needs: adapters.CapRoles, run: roles, refuse: refuseRoles},
	{name: "file sources", needs: adapters.CapFileSources, run: fileSources, refuse: refuseFileSources},
}

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			x := open(t, h)
			switch declared := slices.Contains(x.engine.Capabilities(), test.needs); {
			case test.needs == "" || declared:
				test.run(t, x)
			case test.refuse != nil:
				test.refuse(t, x)
			}
		})
	}
}

// target is an open target with one session.
type target struct {
	Harness
	adapters.Dialect
	engine  adapters.Engine
	session adapters.Session
}

func open(t *testing.T, h Harness) *target {
	t.Helper()
	e, err := h.Adapter.Open(t.Context(), h.Config(t))
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	x := &target{Harness: h, Dialect: e.Dialect(), engine: e}
	x.session = x.newSession(t)
	x.ensure(t, h.Adapter.DefaultSchema)
	return x
}

func (x *target) newSession(t *testing.T) adapters.Session {
	t.Helper()
	s, err := x.engine.Session(t.Context())
	if err != nil {
		t.Fatalf("Session: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func (x *target) ensure(t *testing.T, schema string) {
	t.Helper()
	if err := x.session.EnsureSchema(t.Context(), "", schema); err != nil {
		t.Fatalf("EnsureSchema %q: %v", schema, err)
	}
}

// name gives a relation of the default schema.
func (x *target) name(identifier string) relation.Name {
	return relation.Name{Schema: x.Adapter.DefaultSchema, Identifier: identifier}
}

// table makes a table and checks the number of its rows.
func (x *target) table(t *testing.T, name relation.Name, query string, rows int64) {
	t.Helper()
	n, err := x.session.CreateTable(t.Context(), name, query)
	if err != nil {
		t.Fatalf("CreateTable %s: %v", name, err)
	}
	if n != rows {
		t.Fatalf("CreateTable %s: %d rows, want %d", name, n, rows)
	}
}

func (x *target) view(t *testing.T, name relation.Name, query string) {
	t.Helper()
	if err := x.session.CreateView(t.Context(), name, query); err != nil {
		t.Fatalf("CreateView %s: %v", name, err)
	}
}

// rows gives all values of a query.
func (x *target) rows(t *testing.T, query string) [][]any {
	t.Helper()
	rows, err := x.session.Query(t.Context(), query, 0)
	if err != nil {
		t.Fatalf("Query %s: %v", query, err)
	}
	return rows.Values
}

// one gives the only value of a query.
func (x *target) one(t *testing.T, query string) any {
	t.Helper()
	rows := x.rows(t, query)
	if len(rows) != 1 || len(rows[0]) != 1 {
		t.Fatalf("Query %s: %v, want one value", query, rows)
	}
	return rows[0][0]
}

func (x *target) list(t *testing.T, schema string) []relation.Object {
	t.Helper()
	list, err := x.session.List(t.Context(), "", schema)
	if err != nil {
		t.Fatalf("List %q: %v", schema, err)
	}
	return list
}

// from gives "from <relation>".
func (x *target) from(name relation.Name) string { return " from " + x.Relation(name) }

// typed demands an *engine.Error with a message.
func typed(t *testing.T, what string, err error) *engine.Error {
	t.Helper()
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		t.Fatalf("%s: got %v (%T), want an *engine.Error", what, err, err)
	}
	if e.Message == "" || e.Class == 0 {
		t.Errorf("%s: an error without message or class: %#v", what, e)
	}
	return e
}
