package lint

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
)

// uniqueness knows keys: sets of columns that no two rows of a node share. It is generous: a warning is
// given where it knows nothing.
type uniqueness struct {
	p *check.Program
	// tested are the keys that tests look after, in small letters and sorted, by node.
	tested map[int][][]string
}

func newUniqueness(p *check.Program, nodes []*link.Node) *uniqueness {
	u := &uniqueness{p: p, tested: map[int][][]string{}}
	for _, n := range nodes {
		if n.Kind != link.Test || n.Test.Use == nil || n.Test.Tested == "" {
			continue
		}
		var key []string
		switch n.Test.Use.Test {
		case "unique":
			key = []string{n.Test.Column}
		case "unique_combination":
			for _, arg := range n.Test.Use.Args {
				if list, ok := arg.Value.([]any); ok && arg.Name == "columns" {
					for _, item := range list {
						if text, ok := item.(string); ok {
							key = append(key, text)
						}
					}
				}
			}
		}
		if tested := p.Graph.Find(n.Test.Tested); tested != nil && len(key) > 0 {
			for i := range key {
				key[i] = strings.ToLower(key[i])
			}
			u.tested[tested.Index] = append(u.tested[tested.Index], key)
		}
	}
	return u
}

// maxSteps bounds how far a key is followed up.
const maxSteps = 50

// of reports whether columns hold a key of a node.
func (u *uniqueness) of(node int, columns []string) bool {
	for range maxSteps {
		if u.own(node, columns) || u.grouped(node, columns) {
			return true
		}
		parent, inputs, ok := u.up(node, columns)
		if !ok || parent == node {
			return false
		}
		node, columns = parent, inputs
	}
	return true
}

func (u *uniqueness) own(node int, columns []string) bool {
	return slices.ContainsFunc(u.tested[node], func(key []string) bool {
		return !slices.ContainsFunc(key, func(k string) bool { return !contains(columns, k) })
	})
}

// lineageOf gives where a column comes from.
func (u *uniqueness) lineageOf(node int, column string) (check.ColumnLineage, bool) {
	known := &u.p.Nodes[node]
	if known.Lineage == nil {
		return check.ColumnLineage{}, false
	}
	for i, c := range known.Columns {
		if strings.EqualFold(c.Name, column) && i < len(known.Lineage.Columns) {
			return known.Lineage.Columns[i], true
		}
	}
	return check.ColumnLineage{}, false
}

// grouped reports whether a node's rows may be one for a key already: grouped by it, numbered within
// it, or made of a single group.
func (u *uniqueness) grouped(node int, columns []string) bool {
	known := &u.p.Nodes[node]
	if known.Lineage == nil {
		return known.Columns == nil
	}
	var inputs []check.Input
	for _, column := range columns {
		from, ok := u.lineageOf(node, column)
		if !ok || from.Certainty != lineage.Resolved {
			return true
		}
		inputs = append(inputs, from.Inputs...)
	}
	groups, grouped, windows := 0, 0, false
	for _, in := range known.Lineage.Influences {
		covered := slices.Contains(inputs, in.Input)
		switch in.Role {
		case lineage.Group:
			groups++
			if covered {
				grouped++
			}
		case lineage.Window:
			windows = windows || covered
		default:
		}
	}
	if groups > 0 && groups == grouped || windows {
		return true
	}
	return groups == 0 && slices.ContainsFunc(known.Lineage.Columns, func(c check.ColumnLineage) bool { return c.Kind == lineage.Aggregated })
}

// up gives the one node from which all columns come as they are, with their names there.
func (u *uniqueness) up(node int, columns []string) (parent int, inputs []string, ok bool) {
	for k, column := range columns {
		from, known := u.lineageOf(node, column)
		plain := from.Kind == lineage.Passthrough || from.Kind == lineage.Renamed
		if !known || !plain || len(from.Inputs) != 1 || k > 0 && from.Inputs[0].Node != parent {
			return 0, nil, false
		}
		parent = from.Inputs[0].Node
		inputs = append(inputs, from.Inputs[0].Column)
	}
	return parent, inputs, len(inputs) > 0
}
