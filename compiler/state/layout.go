package state

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

const (
	relationsTable = "state"
	testsTable     = "tests"
	runsTable      = "runs"
	resultsTable   = "results"
	filesTable     = "files"
	// VersionTable is made last.
	VersionTable = "version"
)

// layout are the columns of the tables. Subject is the relation that a row of a log is about, quoted and in small
// letters, or the test. Runs and results are read by people, too: a column for each thing.
var layout = []struct {
	table   string
	columns []column
}{
	{relationsTable, logColumns},
	{testsTable, logColumns},
	{runsTable, append(slices.Clone(whose), column{"command", text}, column{"started", instant}, column{"ended", instant},
		column{"status", text}, column{"quern", text}, column{"engine", text})},
	{resultsTable, append(slices.Clone(whose), column{"node", text}, column{"test", text}, column{"status", text},
		column{"reason", text}, column{"rows", number}, column{"seconds", "double precision"}, column{"error", text})},
	{filesTable, append(slices.Clone(whose), column{"node", text}, column{"subject", text}, column{"load", text},
		column{"path", text}, column{"size", number}, column{"mtime", text}, column{"hash", text}, column{"seal", text})},
	{VersionTable, []column{{"version", "integer"}}},
}

type column struct{ name, kind string }

const (
	text    = "varchar"
	number  = "bigint"
	instant = "timestamp with time zone"
)

var logColumns = []column{
	{"project", text},
	{"target", text},
	{"environment", text},
	{"node", text},
	{"subject", text},
	{"sequence", number},
	{"run", text},
	{"built_at", text},
	{"payload", text},
}

var whose = []column{{"project", text}, {"target", text}, {"environment", text}, {"sequence", number}, {"run", text}}

// since are the versions that brought tables that not all had.
var since = map[string]int64{filesTable: 2}

// grown are the tables that a version gave one more column, which is the last one.
var grown = map[string]int64{filesTable: 3}

// Create gives the statements that make the tables where they are missing, and those of an older version the tables of
// this one.
func (t Tables) Create() []string {
	var statements []string
	for _, l := range layout {
		var columns []string
		for _, c := range l.columns {
			columns = append(columns, c.name+" "+c.kind)
		}
		statements = append(statements, "create table if not exists "+t.name(l.table)+" ("+strings.Join(columns, ", ")+")")
	}
	for _, l := range layout {
		if grown[l.table] > 0 {
			last := l.columns[len(l.columns)-1]
			statements = append(statements, "alter table "+t.name(l.table)+" add column if not exists "+last.name+" "+last.kind)
		}
	}
	version := strconv.Itoa(Version)
	return append(statements, "insert into "+t.name(VersionTable)+" select "+version+
		" where not exists (select 1 from "+t.name(VersionTable)+")",
		"update "+t.name(VersionTable)+" set version = "+version+" where version < "+version)
}

// Damage are tables that are not there or not as they were made.
type Damage struct {
	Missing, Altered []string
	// earlier are those that are as an earlier version made them.
	earlier []string
}

// IsNone reports whether all tables are as they were made.
func (d Damage) IsNone() bool { return len(d.Missing)+len(d.Altered) == 0 }

// Before gives the damage of a state of a version, which does not have the tables and columns that later ones brought.
func (d Damage) Before(version int64) Damage {
	d.Missing = slices.DeleteFunc(slices.Clone(d.Missing), func(table string) bool { return since[table] > version })
	for _, table := range d.earlier {
		if grown[table] <= version {
			d.Altered = append(slices.Clip(d.Altered), table)
		}
	}
	d.earlier = nil
	return d
}

// Look compares the relations of the state's schema with the tables that ought to be there. Where none of them is, the
// state is still to be made, and that is no damage.
func (t Tables) Look(shapes []engine.Shape) (d Damage, none bool) {
	for _, l := range layout {
		i := slices.IndexFunc(shapes, func(s engine.Shape) bool { return s.Object.Name.Identifier == l.table })
		if i < 0 {
			d.Missing = append(d.Missing, l.table)
			continue
		}
		switch columns, last := t.columns(l.columns), len(l.columns)-1; {
		case shapes[i].Object.Kind != relation.Table:
			d.Altered = append(d.Altered, l.table)
		case shapes[i].Columns == engine.HashColumns(columns):
		case grown[l.table] > 0 && shapes[i].Columns == engine.HashColumns(columns[:last]):
			d.earlier = append(d.earlier, l.table)
		default:
			d.Altered = append(d.Altered, l.table)
		}
	}
	if len(d.Missing) == len(layout) {
		return Damage{}, true
	}
	return d, false
}

// columns gives columns as the engine has them.
func (t Tables) columns(of []column) []relation.Column {
	out := make([]relation.Column, len(of))
	for i, c := range of {
		out[i].Name, out[i].Type = c.name, c.kind
		if native, ok := t.Dialect.NativeType(c.kind); ok {
			out[i].Type = native
		}
	}
	return out
}
