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
		column{"path", text}, column{"size", number}, column{"mtime", text}, column{"hash", text})},
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
	version := strconv.Itoa(Version)
	return append(statements, "insert into "+t.name(VersionTable)+" select "+version+
		" where not exists (select 1 from "+t.name(VersionTable)+")",
		"update "+t.name(VersionTable)+" set version = "+version+" where version < "+version)
}

// Damage are tables that are not there or not as they were made.
type Damage struct{ Missing, Altered []string }

// IsNone reports whether all tables are as they were made.
func (d Damage) IsNone() bool { return len(d.Missing)+len(d.Altered) == 0 }

// Before gives the damage of a state of a version, which does not have the tables that later ones brought.
func (d Damage) Before(version int64) Damage {
	d.Missing = slices.DeleteFunc(slices.Clone(d.Missing), func(table string) bool { return since[table] > version })
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
		columns := make([]relation.Column, len(l.columns))
		for c := range l.columns {
			columns[c].Name, columns[c].Type = l.columns[c].name, l.columns[c].kind
			if native, ok := t.Dialect.NativeType(l.columns[c].kind); ok {
				columns[c].Type = native
			}
		}
		if shapes[i].Object.Kind != relation.Table || shapes[i].Columns != engine.HashColumns(columns) {
			d.Altered = append(d.Altered, l.table)
		}
	}
	if len(d.Missing) == len(layout) {
		return Damage{}, true
	}
	return d, false
}
