package view

import (
	"strings"

	"github.com/quernsql/quern/compiler/engine"
)

// Rows shows the rows of a query. The values of sensitive columns, named in lower case, stay hidden.
func (v *View) Rows(rows *engine.Rows, sensitive map[string]bool) error {
	hidden := hiddenColumns(rows, sensitive)
	if v.IsJSON() {
		return v.Object(rowsObject(rows, hidden))
	}
	table := RowsTable(rows)
	table.Hidden = hidden
	v.Table(table)
	return nil
}

// hiddenColumns gives the indexes of the columns whose values nobody may see.
func hiddenColumns(rows *engine.Rows, sensitive map[string]bool) map[int]bool {
	hidden := make(map[int]bool)
	for i, c := range rows.Columns {
		if sensitive[strings.ToLower(c.Name)] {
			hidden[i] = true
		}
	}
	return hidden
}

type rowsJSON struct {
	Version int          `json:"version"`
	Columns []NodeColumn `json:"columns"`
	Rows    [][]any      `json:"rows"`
	More    bool         `json:"more"`
}

func rowsObject(rows *engine.Rows, hidden map[int]bool) rowsJSON {
	out := rowsJSON{Version: 1, Columns: []NodeColumn{}, Rows: [][]any{}, More: rows.More}
	for _, c := range rows.Columns {
		out.Columns = append(out.Columns, NodeColumn{Name: c.Name, Type: c.Type})
	}
	for _, values := range rows.Values {
		row := make([]any, len(values))
		for i, value := range values {
			row[i] = value
			if hidden[i] && value != nil {
				row[i] = masked
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
