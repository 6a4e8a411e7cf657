package template

import (
	"strings"
	"text/template/parse"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// builder turns text/template's tree into ours, resolves names and finds what can be found without
// knowing values: unknown names, wrong numbers of arguments, constants that cannot be.
type builder struct {
	set   *library
	code  *code
	where string // what is read, for messages: "a model", `macro "cents"`
	scope []*variable
	depth int  // of parentheses
	inner bool // the dot is that of a with or range
	diags diag.List
}

// newOrigin gives the origin of a span of a file.
func newOrigin(span source.Span) origin {
	return origin{body: span.Text(), file: span.File, base: span.Start}
}

// build reads a template. It gives nil where the text cannot be parsed.
func (s *library) build(from origin, params []project.Argument, where string) (*code, diag.List) {
	b := &builder{set: s, where: where, code: &code{from: from, params: params}}
	b.foreign()
	if !strings.Contains(from.body, "{{") {
		if from.body != "" {
			b.code.root = []node{&textNode{place{0, len(from.body)}}}
		}
		return b.result()
	}

	if nodes, ok := b.simple(); ok {
		for _, n := range nodes {
			if action, ok := n.(*actionNode); ok {
				b.resolve(action.value.(*call))
			}
		}
		b.code.root = nodes
		return b.result()
	}
	b.parse()
	return b.result()
}

// parse reads a template by text/template.
func (b *builder) parse() {
	from := &b.code.from
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(from.body, "", "", trees); err != nil {
		b.syntaxError(err)
		return
	}
	b.definitions(tree, trees)
	b.code.root = b.nodes(tree.Root)
}

func (b *builder) result() (*code, diag.List) {
	if b.diags.HasErrors() {
		return nil, b.diags
	}
	return b.code, b.diags
}

func (b *builder) errorf(at place, code diag.Code, format string, args ...any) *diag.Diagnostic {
	return b.diags.Errorf(code, b.code.from.at(at), format, args...)
}

// definitions refuses {{ define }}; a {{ block }} is refused where it stands in the tree.
func (b *builder) definitions(main *parse.Tree, trees map[string]*parse.Tree) {
	for _, tree := range trees {
		if tree == main || tree.Root == nil {
			continue
		}
		start := max(strings.LastIndex(b.code.from.body[:tree.Root.Pos], "{{"), 0)
		at := b.action(place{start + 1, start + 1})
		b.errorf(at, diag.NotInTemplates, "templates cannot be defined or called inside a template").
			Hintf("write a macro: a file below macros/ is a function of its name")
	}
}

// nodes builds the nodes of a list, in a scope of their own.
func (b *builder) nodes(list *parse.ListNode) []node {
	if list == nil {
		return nil
	}
	defer b.leave(len(b.scope))
	out := make([]node, 0, len(list.Nodes))
	for _, n := range list.Nodes {
		if built := b.node(n); built != nil {
			out = append(out, built)
		}
	}
	return out
}

func (b *builder) leave(mark int) { b.scope = b.scope[:mark] }

func (b *builder) node(n parse.Node) node {
	start := int(n.Position())
	switch n := n.(type) {
	case *parse.TextNode:
		return &textNode{place{start, start + len(n.Text)}}
	case *parse.ActionNode:
		out := &actionNode{value: b.pipe(n.Pipe)}
		out.place = b.action(b.pipeExtent(n.Pipe))
		if set := b.assign(n.Pipe); set != nil {
			out.set = set[0]
		}
		return out
	case *parse.IfNode:
		return b.branch(ifBranch, &n.BranchNode)
	case *parse.WithNode:
		return b.branch(withBranch, &n.BranchNode)
	case *parse.RangeNode:
		return b.branch(rangeBranch, &n.BranchNode)
	case *parse.BreakNode:
		return &jumpNode{place: b.action(place{start, start})}
	case *parse.ContinueNode:
		return &jumpNode{place: b.action(place{start, start}), next: true}
	case *parse.CommentNode:
		return nil
	default:
		b.errorf(b.action(place{start, start}), diag.NotInTemplates, "templates cannot be defined or called inside a template").
			Hintf("write a macro: a file below macros/ is a function of its name")
		return nil
	}
}

func (b *builder) branch(kind branchKind, n *parse.BranchNode) node {
	defer b.leave(len(b.scope))
	out := &branchNode{kind: kind, head: b.pipe(n.Pipe), hasAlt: n.ElseList != nil}
	out.place = b.action(b.pipeExtent(n.Pipe))
	out.set = b.assign(n.Pipe)

	outer := b.inner
	b.inner = outer || kind != ifBranch
	out.body = b.nodes(n.List)
	b.inner = outer
	out.alt = b.nodes(n.ElseList)
	return out
}

// assign declares or assigns the variables of a pipe. It comes after the pipe's value was built, so
// that `$x := $x` reads the outer one.
func (b *builder) assign(p *parse.PipeNode) []*variable {
	if len(p.Decl) == 0 {
		return nil
	}
	out := make([]*variable, len(p.Decl))
	for i, decl := range p.Decl {
		name := decl.Ident[0]
		at := place{int(decl.Pos), int(decl.Pos) + len(name)}
		switch {
		case name == "$":
			b.errorf(at, diag.TemplateSyntax, "a variable needs a name after the $")
			out[i] = &variable{name: name}
		case p.IsAssign:
			out[i] = b.lookup(name, at)
			out[i].again = true
		default:
			out[i] = &variable{name: name, slot: b.code.slots}
			b.code.slots++
			b.scope = append(b.scope, out[i])
		}
	}
	return out
}

// lookup finds a variable. text/template has seen to it that it was declared somewhere before, but
// not that this was in the same branch.
func (b *builder) lookup(name string, at place) *variable {
	for i := len(b.scope) - 1; i >= 0; i-- {
		if b.scope[i].name == name {
			return b.scope[i]
		}
	}
	b.errorf(at, diag.TemplateSyntax, "variable %q is not declared in this branch", name).
		Hintf("declare it before the if, and assign it inside with =")
	return &variable{name: name}
}

// pipe builds the value of a pipeline: `a | f x` is `f x a`.
func (b *builder) pipe(p *parse.PipeNode) expr {
	var value expr
	for _, cmd := range p.Cmds {
		value = b.command(cmd, value)
	}
	return value
}

func (b *builder) command(cmd *parse.CommandNode, piped expr) expr {
	first := cmd.Args[0]
	if id, ok := first.(*parse.IdentifierNode); ok {
		return b.call(id, cmd.Args[1:], piped)
	}
	at := b.extent(first)
	if len(cmd.Args) > 1 || piped != nil {
		b.errorf(at, diag.TemplateSyntax, "%q is a value, not a function: it takes no arguments", b.text(at)).
			Hintf("put the function's name first, then its arguments")
		return &literal{place: at}
	}
	if _, ok := first.(*parse.NilNode); ok {
		b.errorf(at, diag.TemplateSyntax, "nil has no value to print")
	}
	return b.operand(first)
}

func (b *builder) call(id *parse.IdentifierNode, args []parse.Node, piped expr) expr {
	c := &call{name: b.extent(id)}
	c.place = c.name
	c.args = make([]expr, 0, len(args)+1)
	for _, arg := range args {
		built := b.operand(arg)
		c.args = append(c.args, built)
		c.end = b.extent(arg).end
	}
	if piped != nil {
		c.args = append(c.args, piped)
		c.start = min(c.start, piped.extent().start)
	}
	b.resolve(c)
	return c
}

// operand builds one argument, or the only word of a command.
func (b *builder) operand(n parse.Node) expr {
	if b.depth == maxDepth {
		at := place{int(n.Position()), int(n.Position())}
		b.errorf(at, diag.TemplateLimit, "parentheses are nested more than %d deep", maxDepth).
			Hintf("keep a part in a variable: {{ $x := … }}")
		return &literal{place: at}
	}
	b.depth++
	defer func() { b.depth-- }()
	at := b.extent(n)
	switch n := n.(type) {
	case *parse.StringNode:
		return &literal{at, n.Text}
	case *parse.BoolNode:
		return &literal{at, n.True}
	case *parse.NilNode:
		return &literal{place: at}
	case *parse.NumberNode:
		return &literal{at, b.number(n, at)}
	case *parse.IdentifierNode:
		return b.call(n, nil, nil)
	case *parse.PipeNode:
		return b.parenthesised(n, at)
	case *parse.ChainNode:
		return &access{at, b.operand(n.Node), n.Field}
	case *parse.DotNode:
		return b.dot(at)
	case *parse.FieldNode:
		if b.inner {
			return &access{at, &dot{at}, n.Ident}
		}
		return b.param(n.Ident, at)
	case *parse.VariableNode:
		return b.variable(n, at)
	default:
		b.errorf(at, diag.TemplateSyntax, "%q cannot be used here", b.text(at))
		return &literal{place: at}
	}
}

func (b *builder) parenthesised(n *parse.PipeNode, at place) expr {
	value := b.pipe(n)
	if len(n.Decl) > 0 {
		b.errorf(at, diag.TemplateSyntax, "a variable cannot be declared inside parentheses").
			Hintf("declare it in an action of its own before")
	}
	return value
}

func (b *builder) variable(n *parse.VariableNode, at place) expr {
	name := n.Ident[0]
	if name == "$" {
		if len(n.Ident) == 1 {
			b.errorf(at, diag.UnknownArgument, "\"$\" has no value by itself").
				Hintf("write $.name for an argument, $name for a variable")
			return &literal{place: at}
		}
		return b.param(n.Ident[1:], at)
	}
	nameAt := place{at.start, at.start + len(name)}
	v := &local{nameAt, b.lookup(name, nameAt)}
	if len(n.Ident) == 1 {
		return v
	}
	return &access{at, v, n.Ident[1:]}
}

func (b *builder) dot(at place) expr {
	if b.inner {
		return &dot{at}
	}
	b.errorf(at, diag.UnknownArgument, "\".\" has a value only inside with and range").
		Hintf("write .name for an argument")
	return &literal{place: at}
}

// param builds .name where the dot is that of the macro or test.
func (b *builder) param(path []string, at place) expr {
	for i, p := range b.code.params {
		if p.Name != path[0] {
			continue
		}
		if len(path) == 1 {
			return &param{at, i}
		}
		return &access{at, &param{at, i}, path[1:]}
	}
	if len(b.code.params) == 0 {
		b.errorf(at, diag.UnknownArgument, "%q has no value: %s has no arguments", "."+path[0], b.where).
			Hintf("only macros and generic tests have arguments; for a variable write {{ var %q }}", path[0])
		return &literal{place: at}
	}
	names := make([]string, len(b.code.params))
	for i, p := range b.code.params {
		names[i] = p.Name
	}
	d := b.errorf(at, diag.UnknownArgument, "%s has no argument %q", b.where, path[0])
	if d.Nearest(path[0], names); d.Hint == "" {
		d.Hintf("it has %s; arguments are declared under args in the front matter", quotedList(names))
	}
	return &literal{place: at}
}

// number gives the value text/template would give a constant that stands for itself.
func (b *builder) number(n *parse.NumberNode, at place) any {
	isText := strings.HasPrefix(n.Text, "'")
	isHex := len(n.Text) > 2 && (n.Text[1] == 'x' || n.Text[1] == 'X') && !strings.ContainsAny(n.Text, "pP")
	switch {
	case n.IsComplex:
		b.errorf(at, diag.TemplateSyntax, "complex numbers cannot be used").Hintf("put text in double quotes")
	case n.IsFloat && !isText && !isHex && strings.ContainsAny(n.Text, ".eEpP"):
		return n.Float64
	case n.IsInt:
		return int(n.Int64)
	default:
		b.errorf(at, diag.TemplateSyntax, "number %s is too large", n.Text).Hintf("put it in double quotes to use it as text")
	}
	return 0
}
