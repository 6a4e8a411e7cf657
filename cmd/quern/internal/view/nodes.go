package view

import "fmt"

// Node is a node of the graph as it is listed.
type Node struct {
	ID           string       `json:"id"`
	Name         string       `json:"name"`
	Kind         string       `json:"kind"`
	Path         string       `json:"path"`
	Materialized string       `json:"materialized"`
	Relation     string       `json:"relation"`
	Tags         []string     `json:"tags"`
	Description  string       `json:"description"`
	DependsOn    []string     `json:"depends_on"`
	Columns      []NodeColumn `json:"columns"`
	// About says in a word or two what the node is: how it is kept, or what it tests.
	About string `json:"-"`
}

// NodeColumn is a column of a node. Type is empty where it is not known.
type NodeColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Nodes shows a list of nodes.
func (v *View) Nodes(nodes []Node) error {
	if v.IsJSON() {
		if nodes == nil {
			nodes = []Node{}
		}
		return v.Object(struct {
			Version int    `json:"version"`
			Nodes   []Node `json:"nodes"`
		}{1, nodes})
	}
	var list []section
	for _, kind := range []string{"source", "seed", "model", "test", "exposure"} {
		var rows [][]string
		for _, n := range nodes {
			if n.Kind == kind {
				rows = append(rows, []string{n.Name, n.About, n.Path, n.Description})
			}
		}
		if rows != nil {
			list = append(list, section{fmt.Sprintf("%ss (%s)", kind, comma(int64(len(rows)))), rows})
		}
	}
	v.sections(list)
	return nil
}
