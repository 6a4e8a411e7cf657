package generate

import (
	"fmt"
	"path"
	"strings"
)

// The numbers of the classic performance project.
const (
	classicModels = 2000
	classicRefs   = 13656
)

// Classic is the shape of a well-known performance project: 2,000 small models with 13,656 refs
// between them and 6,000 tests.
func Classic() Files {
	f := Files{"quern.yml": project("classic", "models: {.: {materialized: table}}\n")}
	entries := make([]string, classicModels)
	for i, reads := range classicReads() {
		var sql strings.Builder
		fmt.Fprintf(&sql, "select %d as id\n", i)
		for _, read := range reads {
			fmt.Fprintf(&sql, "union\nselect id from {{ ref \"node_%d\" }} where id = %d\n", read, read)
		}
		f[path.Join(folder(i), fmt.Sprintf("node_%d.sql", i))] = sql.String()
		entries[i] = fmt.Sprintf(classicEntry, i, classicModels)
	}
	f.inFolders(entries)
	return f
}

// classicReads spreads the refs evenly over the models; what the first ones, with few before them,
// cannot take goes to the last ones. A model reads others at growing distances before it.
func classicReads() [][]int {
	counts := make([]int, classicModels)
	left := 0
	for i := range counts {
		counts[i] = (i+1)*classicRefs/classicModels - i*classicRefs/classicModels
		left += max(0, counts[i]-i)
		counts[i] = min(counts[i], i)
	}
	for i := classicModels - 1; left > 0; i-- {
		counts[i]++
		left--
	}
	reads := make([][]int, classicModels)
	for i, count := range counts {
		stretch := 1 + i%5
		if 1+count*(count-1)/2*stretch > i {
			stretch = 0
		}
		for k := range count {
			step := 1 + k*(k+1)/2*stretch
			if stretch == 0 {
				step = 1 + k
			}
			reads[i] = append(reads[i], i-step)
		}
	}
	return reads
}

const classicEntry = `  - name: node_%[1]d
    description: Node %[1]d and what it reads.
    columns:
      - name: id
        description: The number of a node.
        tests: [unique, not_null, {between: {min: 0, max: %[2]d}}]
`

// Trivial is as many tables of one row, none reading another, with two tests each: what is left of
// the time to build them is the tool's own.
func Trivial(tables int) Files {
	f := Files{"quern.yml": project("trivial", "models: {.: {materialized: table}}\n")}
	entries := make([]string, tables)
	for i := range tables {
		f[path.Join(folder(i), fmt.Sprintf("t_%d.sql", i))] = fmt.Sprintf("select %d as id\n", i)
		entries[i] = fmt.Sprintf("  - name: t_%d\n    columns: [{name: id, tests: [not_null, unique]}]\n", i)
	}
	f.inFolders(entries)
	return f
}

// Shallow is small tables, none reading another, and views in layers of as many as there are tables: the first layer
// reads the tables, each other one the layer before it.
func Shallow(tables, views int) Files {
	f := Files{"quern.yml": project("shallow", "")}
	for i := range tables {
		f[path.Join(folder(i), fmt.Sprintf("t_%d.sql", i))] = fmt.Sprintf(
			"/* ---\nmaterialized: table\ncolumns: [{name: id, tests: [not_null]}]\n--- */\nselect range as id, range * %d as amount from range(3)\n", i)
	}
	for i := range views {
		reads := fmt.Sprintf("v_%d", i-tables)
		if i < tables {
			reads = fmt.Sprintf("t_%d", i)
		}
		f[path.Join(folder(tables+i), fmt.Sprintf("v_%d.sql", i))] = fmt.Sprintf(
			"select id, amount + %d as amount from {{ ref \"%s\" }} where id <> %d\n", i, reads, i)
	}
	return f
}
