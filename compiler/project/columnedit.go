package project

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/source"
)

// insertion is text that is put in at an offset.
type insertion struct {
	at   int
	text string
}

// editor collects insertions into one document, and makes of its nodes what they shall be afterwards.
type editor struct {
	*doc
	text       string
	newline    string
	insertions []insertion
}

// edit gives the file's text with the columns of the nodes at the paths. It reads what it wrote and
// compares: ok is false where anything but the columns would be different.
func edit(file *source.File, list []ColumnsOf, paths [][]int) (text string, nodes []WrittenNode, ok bool) {
	front := list[0].place(list[0].file()) < 0
	d, ok := editable(file, front)
	if !ok {
		return "", nil, false
	}
	e := &editor{doc: d, text: file.Text, newline: lineBreak(file.Text)}
	root := cloneNode(&d.root)
	for i, c := range list {
		if paths[i] == nil {
			return "", nil, false
		}
		written, ok := e.node(c, paths[i], &root)
		if !ok {
			return "", nil, false
		}
		if len(written.Added)+len(written.Typed)+len(written.Gone) > 0 {
			nodes = append(nodes, written)
		}
	}
	text = e.apply()
	after, ok := editable(source.NewFile(file.Path, text), front)
	if !ok || !sameNode(&root, &after.root) {
		return "", nil, false
	}
	return text, nodes, front && bodyOf(file.Text) == bodyOf(text) || !front
}

// bodyOf gives an SQL file without its front matter.
func bodyOf(text string) string {
	d := &doc{file: source.NewFile("", text)}
	body, _ := d.frontMatter()
	return text[body:]
}

// lineBreak gives the line break that a text uses first.
func lineBreak(text string) string {
	if i := strings.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

func (e *editor) insert(at int, text string) {
	e.insertions = append(e.insertions, insertion{at, text})
}

// apply puts the insertions in; those of one place stay in the order in which they were made.
func (e *editor) apply() string {
	slices.SortStableFunc(e.insertions, func(a, b insertion) int { return a.at - b.at })
	var b strings.Builder
	last := 0
	for _, in := range e.insertions {
		b.WriteString(e.text[last:in.at])
		b.WriteString(in.text)
		last = in.at
	}
	b.WriteString(e.text[last:])
	return b.String()
}

// node edits what the document says of one node. The tree, a copy of the document's, becomes what it
// shall be.
func (e *editor) node(c ColumnsOf, path []int, tree *node) (WrittenNode, bool) {
	id, about := c.properties()
	out := WrittenNode{ID: id}
	for _, col := range about.Columns {
		if indexFold(c.Columns, col.Name) < 0 {
			out.Gone = append(out.Gone, col.Name)
		}
	}
	n, want := &e.root, tree
	for _, k := range path {
		n, want = &n.kids[k], &want.kids[k]
	}
	k := n.keyIndex("columns")
	if k < 0 {
		for _, col := range c.Columns {
			out.Added = append(out.Added, col.Name)
		}
		return out, len(c.Columns) == 0 || e.newList(n, want, c.Columns)
	}
	if n.kids[k+1].kind != listNode {
		return out, false
	}
	l := listEdit{editor: e, list: &n.kids[k+1], want: &want.kids[k+1], written: &out}
	return out, l.columns(c.Columns)
}

// listEdit edits a list of columns.
type listEdit struct {
	*editor
	list, want *node
	written    *WrittenNode
}

// columns adds what is missing: each column behind the one that comes before it in the node, where that
// is listed.
func (l *listEdit) columns(columns []Column) bool {
	if len(l.list.kids) == 0 && l.bracket(int(l.list.start)) != '[' {
		return false
	}
	kids := make([]node, 0, len(columns)+len(l.list.kids))
	behind := make([][]Column, len(l.list.kids)+1) // what comes after the item before
	after := 0
	for _, col := range columns {
		i := l.item(col.Name)
		if i < 0 {
			behind[after] = append(behind[after], col)
			l.written.Added = append(l.written.Added, col.Name)
			continue
		}
		after = i + 1
		if col.Type != "" && !l.list.kids[i].has("type") && !l.list.kids[i].has("native_type") {
			if !l.addType(&l.list.kids[i], &l.want.kids[i], col) {
				return false
			}
			l.written.Typed = append(l.written.Typed, col.Name)
		}
	}
	for i := range behind {
		if i > 0 {
			kids = append(kids, l.want.kids[i-1])
		}
		if len(behind[i]) > 0 && !l.addItems(i, behind[i]) {
			return false
		}
		for _, col := range behind[i] {
			kids = append(kids, columnNode(col))
		}
	}
	l.want.kids = kids
	return true
}

// item gives the index of the entry of a column, or -1.
func (l *listEdit) item(name string) int {
	return slices.IndexFunc(l.list.kids, func(item node) bool {
		k := item.keyIndex("name")
		return k >= 0 && strings.EqualFold(item.kids[k+1].text, name)
	})
}

func (e *editor) bracket(at int) byte {
	if at < len(e.text) {
		return e.text[at]
	}
	return 0
}

// addItems puts entries behind the entry before index i, or at the start of the list.
func (l *listEdit) addItems(i int, columns []Column) bool {
	if l.bracket(int(l.list.start)) == '[' {
		l.addToBrackets(i, columns)
		return true
	}
	model := &l.list.kids[max(i-1, 0)]
	indent, ok := l.indent(int(l.list.start))
	if !ok || model.kind != mapNode {
		return false
	}
	var b strings.Builder
	for _, col := range columns {
		b.WriteString(l.blockItem(indent, col, l.bracket(int(model.start)) == '{'))
	}
	if i == 0 {
		l.insert(l.lineStart(int(l.list.start)), b.String())
		return true
	}
	l.insertLines(int(model.end), b.String())
	return true
}

func (l *listEdit) addToBrackets(i int, columns []Column) {
	texts := make([]string, len(columns))
	for k, col := range columns {
		texts[k] = "{" + entryText(col, l.inFrontMatter()) + "}"
	}
	text := strings.Join(texts, ", ")
	switch {
	case i > 0:
		l.insert(int(l.list.kids[i-1].end), ", "+text)
	case len(l.list.kids) > 0:
		l.insert(int(l.list.kids[0].start), text+", ")
	default:
		l.insert(int(l.list.start)+1, text)
	}
}

// blockItem writes an entry of a list with a dash, ended by a line break.
func (e *editor) blockItem(indent string, col Column, braces bool) string {
	if braces {
		return indent + "- {" + entryText(col, e.inFrontMatter()) + "}" + e.newline
	}
	text := indent + "- name: " + e.quote(col.Name) + e.newline
	if col.Type != "" {
		text += indent + "  " + typeKey(col) + ": " + e.quote(col.Type) + e.newline
	}
	return text
}

// addType adds the type of a column to its entry, behind its name.
func (l *listEdit) addType(item, want *node, col Column) bool {
	k := item.keyIndex("name")
	if k < 0 {
		return false
	}
	name := &item.kids[k+1]
	if l.bracket(int(item.start)) == '{' {
		l.insert(int(name.end), ", "+typeKey(col)+": "+l.quote(col.Type))
	} else {
		indent := strings.Repeat(" ", int(item.kids[k].start)-l.lineStart(int(item.kids[k].start)))
		l.insertLines(int(name.end), indent+typeKey(col)+": "+l.quote(col.Type)+l.newline)
	}
	want.kids = slices.Insert(slices.Clone(want.kids), k+2, textNode(typeKey(col)), textNode(col.Type))
	return true
}

// newList adds the key columns to the mapping of a node.
func (e *editor) newList(n, want *node, columns []Column) bool {
	front := n == &e.root
	list := node{kind: listNode}
	for _, col := range columns {
		list.kids = append(list.kids, columnNode(col))
	}
	if front && n.kind != mapNode && !n.isNull() {
		return false
	}
	want.kind = mapNode
	want.kids = append(slices.Clone(want.kids), textNode("columns"), list)
	if n.kind == mapNode && e.bracket(int(n.start)) == '{' {
		e.listInBraces(n, columns)
		return true
	}
	if front && !e.hasFrontMatter() {
		e.insert(e.start, "/* ---"+e.newline+e.block("", columns)+"--- */"+e.newline)
		return true
	}
	if n.kind != mapNode { // front matter that holds nothing
		e.insert(e.end, e.ended(e.end)+e.block("", columns))
		return true
	}
	first := int(n.kids[0].start)
	line := max(e.lineStart(first), e.start)
	e.insertLines(int(n.end), e.block(strings.Repeat(" ", first-line), columns))
	return true
}

// listInBraces adds the key before the brace that closes a mapping.
func (e *editor) listInBraces(n *node, columns []Column) {
	texts := make([]string, len(columns))
	for i, col := range columns {
		texts[i] = "{" + entryText(col, e.inFrontMatter()) + "}"
	}
	text := "columns: [" + strings.Join(texts, ", ") + "]"
	if len(n.kids) == 0 {
		e.insert(int(n.start)+1, text)
		return
	}
	value := &n.kids[len(n.kids)-1]
	e.insert(int(value.end), ", "+text)
}

// block writes the key columns with a list below it.
func (e *editor) block(indent string, columns []Column) string {
	var b strings.Builder
	b.WriteString(indent + "columns:" + e.newline)
	for _, col := range columns {
		b.WriteString(e.blockItem(indent+"  ", col, true))
	}
	return b.String()
}

// insertLines puts whole lines behind the line in which a value ends. Front matter may end in it.
func (e *editor) insertLines(end int, lines string) {
	at := lineEnd(e.text, end)
	switch {
	case at >= e.end && e.end < len(e.text): // --- */ follows
		e.insert(e.end, e.ended(e.end)+lines)
	case at == len(e.text): // the file's last line has no end
		e.insert(at, e.newline+strings.TrimSuffix(lines, e.newline))
	default:
		e.insert(at+1, lines)
	}
}

// ended gives the line break that is missing where lines shall begin.
func (e *editor) ended(at int) string {
	if at == e.start || e.text[at-1] == '\n' {
		return ""
	}
	return e.newline
}

func (e *editor) lineStart(at int) int { return strings.LastIndexByte(e.text[:at], '\n') + 1 }

// indent gives the blanks in front of an offset, and whether there is nothing else.
func (e *editor) indent(at int) (string, bool) {
	blanks := e.text[max(e.lineStart(at), e.start):at]
	return blanks, strings.Trim(blanks, " ") == ""
}

// inFrontMatter reports whether the document stands in a comment of an SQL file.
func (e *editor) inFrontMatter() bool { return strings.HasSuffix(e.file.Path, ".sql") }

func (e *editor) hasFrontMatter() bool {
	d := &doc{file: e.file}
	_, found := d.frontMatter()
	return found
}

func (e *editor) quote(text string) string { return quoteIn(text, e.inFrontMatter()) }

// quoteIn writes a text as YAML; in a comment of SQL nothing may end that.
func quoteIn(text string, comment bool) string {
	quoted := yamlQuote(text)
	if comment && strings.Contains(quoted, "*/") {
		quoted = strings.ReplaceAll(quoted, "*/", `\u002A/`)
	}
	return quoted
}

func typeKey(col Column) string {
	if col.Native {
		return "native_type"
	}
	return "type"
}

// entryText writes a column without its braces.
func entryText(col Column, comment bool) string {
	text := "name: " + quoteIn(col.Name, comment)
	if col.Type != "" {
		text += ", " + typeKey(col) + ": " + quoteIn(col.Type, comment)
	}
	return text
}
