package project

// textNode is a text as it is read from quotes.
func textNode(text string) node { return node{kind: scalarNode, style: quotedStyle, text: text} }

// columnNode is the entry of a column.
func columnNode(col Column) node {
	kids := []node{textNode("name"), textNode(col.Name)}
	if col.Type != "" {
		kids = append(kids, textNode(typeKey(col)), textNode(col.Type))
	}
	return node{kind: mapNode, kids: kids}
}

// cloneNode copies a node with everything in it.
func cloneNode(n *node) node {
	out := *n
	out.kids = make([]node, len(n.kids))
	for i := range n.kids {
		out.kids[i] = cloneNode(&n.kids[i])
	}
	return out
}

// sameNode reports whether two nodes mean the same, wherever they stand and however they are written.
func sameNode(a, b *node) bool {
	if a.kind != b.kind || len(a.kids) != len(b.kids) {
		return false
	}
	if a.kind == scalarNode {
		kind, _ := a.scalarOf()
		other, _ := b.scalarOf()
		return kind == other && a.text == b.text
	}
	for i := range a.kids {
		if !sameNode(&a.kids[i], &b.kids[i]) {
			return false
		}
	}
	return true
}
