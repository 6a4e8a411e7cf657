package template

import (
	"strings"
	"text/template/parse"

	"github.com/quernsql/quern/compiler/diag"
)

// parse reads a template by text/template, which knows the whole language, and turns its tree into
// ours.
func (b *builder) parse() {
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(b.code.from.body, "", "", trees); err != nil {
		b.syntaxError(err)
		return
	}
	b.definitions(tree, trees)
	b.code.root = b.nodes(tree.Root)
}

// definitions refuses {{ define }}; a {{ block }} is refused where it stands in the tree.
func (b *builder) definitions(main *parse.Tree, trees map[string]*parse.Tree) {
	for _, tree := range trees {
		if tree == main || tree.Root == nil {
			continue
		}
		start := max(strings.LastIndex(b.code.from.body[:tree.Root.Pos], "{{"), 0)
		b.noDefinitions(b.action(place{start + 1, start + 1}))
	}
}

func (b *builder) noDefinitions(at place) {
	b.errorf(at, diag.NotInTemplates, "templates cannot be defined or called inside a template").
		Hintf("write a macro: a file below macros/ is a function of its name")
}

// nodes converts a list, in a scope of its own.
func (b *builder) nodes(list *parse.ListNode) []node {
	if list == nil {
		return nil
	}
	defer b.leave(len(b.scope))
	out := make([]node, 0, len(list.Nodes))
	for _, n := range list.Nodes {
		if converted := b.node(n); converted != nil {
			out = append(out, converted)
		}
	}
	return out
}

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
		b.noDefinitions(b.action(place{start, start}))
		return nil
	}
}

func (b *builder) branch(kind branchKind, n *parse.BranchNode) node {
	defer b.leave(len(b.scope))
	out := &branchNode{kind: kind, head: b.pipe(n.Pipe)}
	out.place = b.action(b.pipeExtent(n.Pipe))
	out.set = b.assign(n.Pipe)

	outer := b.inner
	b.inner = outer || kind != ifBranch
	out.body = b.nodes(n.List)
	b.inner = outer
	out.alt = b.nodes(n.ElseList)
	return out
}

// assign declares or assigns the variables of a pipe. It comes after the pipe's value was made, so
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
			out[i] = b.known(name, at)
			out[i].again = true
		default:
			out[i] = b.declare(name)
		}
	}
	return out
}

// pipe converts a pipeline: `a | f x` is `f x a`.
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
		args := make([]expr, 0, len(cmd.Args))
		for _, arg := range cmd.Args[1:] {
			args = append(args, b.operand(arg))
		}
		return b.newCall(b.extent(id), args, piped)
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

// operand converts one argument, or the only word of a command.
func (b *builder) operand(n parse.Node) expr {
	defer b.shut()
	if !b.open(int(n.Position())) {
		return &literal{} // before the ends of all that is inside are looked for
	}
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
		return b.newCall(at, nil, nil)
	case *parse.PipeNode:
		if len(n.Decl) > 0 {
			b.errorf(at, diag.TemplateSyntax, "a variable cannot be declared inside parentheses").
				Hintf("declare it in an action of its own before")
		}
		return b.pipe(n)
	case *parse.ChainNode:
		return &access{at, b.operand(n.Node), n.Field}
	case *parse.DotNode:
		return b.dot(at)
	case *parse.FieldNode:
		return b.field(n.Ident, at)
	case *parse.VariableNode:
		return b.variable(n.Ident[0], n.Ident[1:], at)
	default:
		b.errorf(at, diag.TemplateSyntax, "%q cannot be used here", b.text(at))
		return &literal{place: at}
	}
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
