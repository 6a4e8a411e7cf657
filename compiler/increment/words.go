package increment

import (
	"fmt"
	"slices"
)

// Change is what becomes of a column that the table and the new rows do not have alike.
type Change struct {
	// Words say it.
	Words string
	// Alters says that the table changes for it. The others stay as they are, however often new rows come in.
	Alters bool
}

// Changes says what Statements does about columns that differ, those first for which the table changes. The error is
// a *SchemaError.
func (s Spec) Changes(d Dialect) ([]Change, error) {
	if _, _, err := s.settle(d); err != nil {
		return nil, err
	}
	var alter, stay []Change
	for _, diff := range Differences(s.Table, s.Columns) {
		if change := s.OnSchemaChange.about(diff); change.Alters {
			alter = append(alter, change)
		} else {
			stay = append(stay, change)
		}
	}
	return slices.Concat(alter, stay), nil
}

// about says what becomes of a column.
func (c SchemaChange) about(d Difference) Change {
	add, sync := c >= AppendNewColumns, c == SyncAllColumns
	switch {
	case d.Was == "" && add:
		return Change{fmt.Sprintf("adds column %q (%s)", d.Column, d.Is), true}
	case d.Was == "":
		return Change{fmt.Sprintf("leaves out column %q", d.Column), false}
	case d.Is == "" && sync:
		return Change{fmt.Sprintf("drops column %q", d.Column), true}
	case d.Is == "":
		return Change{fmt.Sprintf("leaves column %q NULL in new rows", d.Column), false}
	case sync:
		return Change{fmt.Sprintf("changes column %q from %s to %s", d.Column, d.Was, d.Is), true}
	default:
		return Change{fmt.Sprintf("casts column %q from %s to %s", d.Column, d.Is, d.Was), false}
	}
}
