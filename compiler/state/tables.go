package state

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/relation"
)

// Tables writes the statements about the tables of one schema.
type Tables struct {
	Dialect Dialect
	// Schema is the tables' schema; Identifier is empty.
	Schema relation.Name
	Key    Key
	// Older says that they are of an older version, which Create brings up to this one.
	Older bool
	// From is the version that Older tables have.
	From int64
}

// Dialect is what state needs of an engine.
type Dialect interface {
	Literal(value any) string
	Quote(identifier string) string
	NativeType(written string) (string, bool)
	Relation(name relation.Name) string
}

func (t Tables) name(table string) string {
	name := t.Schema
	name.Identifier = table
	return t.Dialect.Relation(name)
}

// ReadVersion gives the query for the version of the tables.
func (t Tables) ReadVersion() string { return "select max(version) from " + t.name(VersionTable) }

// The kinds of rows that Read gives.
const (
	rowOfRelation = 0
	rowOfTest     = 1
	rowOfCounts   = 2
)

// Read gives the query for the rows that Add takes: of each relation the last row, whose payload counts if it is of
// this key, since who built a relation last decides what it holds; of each test of this key the last one.
func (t Tables) Read() string {
	return fmt.Sprintf("select %d as kind, node, case when %[3]s then payload end as payload, subject, 0 as last, 0 as n"+
		" from (select *, row_number() over (partition by subject order by sequence desc) as nth from %[2]s) as latest"+
		" where nth = 1"+
		" union all select %[4]d, node, payload, subject, 0, 0 from (select *, row_number() over"+
		" (partition by node order by sequence desc) as nth from %[5]s where %[3]s) as latest where nth = 1"+
		" union all select %[6]d, null, null, null, coalesce(max(sequence), 0), count(*) from (select sequence from %[2]s"+
		" union all select sequence from %[5]s) as rows_of_all", rowOfRelation, t.name(relationsTable), t.mine(),
		rowOfTest, t.name(testsTable), rowOfCounts)
}

func (t Tables) mine() string {
	d := t.Dialect
	mine := "project = " + d.Literal(t.Key.Project) + " and environment = " + d.Literal(t.Key.Environment)
	if t.Key.Target != "" {
		mine += " and target = " + d.Literal(t.Key.Target)
	}
	return mine
}

// IsClaimed reports whether there is a record of a relation, whoever built it.
func (t Tables) IsClaimed(k *Known, name relation.Name) bool { return k.claimed[t.subject(name)] }

func (t Tables) subject(name relation.Name) string { return t.Dialect.Relation(name.Fold()) }

// Keep gives the statement that notes what is known of relations now, at least one. It is safe for concurrent use.
func (t Tables) Keep(k *Known, relations ...*Relation) (string, error) {
	rows := make([]string, len(relations))
	for i, r := range relations {
		payload, err := json.Marshal(r)
		if err != nil {
			return "", fmt.Errorf("write the state of %s: %w", r.ID, err)
		}
		rows[i] = t.row(k, entry{
			node: string(r.ID), subject: t.subject(r.Name), run: r.Run, at: r.At, payload: string(payload),
		})
	}
	return t.insert(relationsTable, rows), nil
}

// KeepTests gives the statement that notes how tests ended, at least one.
func (t Tables) KeepTests(k *Known, tests []*Test) (string, error) {
	rows := make([]string, len(tests))
	for i, test := range tests {
		payload, err := json.Marshal(test)
		if err != nil {
			return "", fmt.Errorf("write the state of %s: %w", test.ID, err)
		}
		rows[i] = t.row(k, entry{node: string(test.ID), subject: string(test.ID), run: test.Run, at: test.At, payload: string(payload)})
	}
	return t.insert(testsTable, rows), nil
}

// entry is a row of a log.
type entry struct {
	node, subject, run string
	at                 time.Time
	payload            string
}

func (t Tables) insert(table string, rows []string) string {
	return "insert into " + t.name(table) + " values " + strings.Join(rows, ", ")
}

func (t Tables) row(k *Known, e entry) string {
	d := t.Dialect
	return "(" + strings.Join([]string{
		d.Literal(t.Key.Project), d.Literal(t.Key.Target), d.Literal(t.Key.Environment), d.Literal(e.node),
		d.Literal(e.subject), strconv.FormatInt(k.last.Add(1), 10), d.Literal(e.run),
		d.Literal(e.at.UTC().Format(time.RFC3339Nano)), d.Literal(e.payload),
	}, ", ") + ")"
}

// spareRows is how many rows that count no more the logs may have besides as many as there are that count.
const spareRows = 1000

// Shorten gives the statements that take rows out that count no more, none while they are few.
func (t Tables) Shorten(k *Known) []string {
	live := int64(len(k.Relations) + len(k.Tests))
	if k.rows < 2*live+spareRows {
		return nil
	}
	relations, tests := t.name(relationsTable), t.name(testsTable)
	return []string{
		"delete from " + relations + " where sequence not in (select max(sequence) from " + relations + " group by subject)",
		"delete from " + tests + " where sequence not in (select max(sequence) from " + tests +
			" group by project, target, environment, node)",
	}
}
