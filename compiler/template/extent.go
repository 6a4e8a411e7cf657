package template

import (
	"strings"
	"text/template/parse"
)

// extent gives both ends of an operand; text/template keeps only the start, and for a.b.c the
// start of its second word.
func (b *builder) extent(n parse.Node) place {
	start := int(n.Position())
	switch n := n.(type) {
	case *parse.StringNode:
		return place{start, start + len(n.Quoted)}
	case *parse.NumberNode:
		return place{start, start + len(n.Text)}
	case *parse.IdentifierNode:
		return place{start, start + len(n.Ident)}
	case *parse.FieldNode:
		return dotted(start, "."+n.Ident[0], n.Ident[1:])
	case *parse.VariableNode:
		return dotted(start, n.Ident[0], n.Ident[1:])
	case *parse.ChainNode:
		at := dotted(start, "", n.Field)
		return place{b.extent(n.Node).start, at.end}
	case *parse.PipeNode:
		inner := b.pipeExtent(n)
		open := len(strings.TrimRight(b.code.from.body[:inner.start], spaces)) - 1
		return place{max(open, 0), b.skipSpace(inner.end) + 1}
	case *parse.DotNode:
		return place{start, start + 1}
	default: // true, false, nil
		return place{start, start + len(n.String())}
	}
}

func dotted(start int, first string, rest []string) place {
	at := place{start, start}
	if len(rest) == 0 {
		at.end += len(first)
		return at
	}
	at.start -= len(first)
	for _, word := range rest {
		at.end += 1 + len(word)
	}
	return at
}

// pipeExtent gives the ends of a pipeline without the parentheses or braces around it.
func (b *builder) pipeExtent(p *parse.PipeNode) place {
	at := place{start: int(p.Pos)}
	last := p.Cmds[len(p.Cmds)-1]
	at.end = b.extent(last.Args[len(last.Args)-1]).end
	return at
}

// action gives the place of the action around a piece of it, braces included.
func (b *builder) action(at place) place {
	body := b.code.from.body
	start := max(strings.LastIndex(body[:at.start], "{{"), 0)
	end := strings.Index(body[at.end:], "}}")
	if end < 0 {
		return place{start, len(body)}
	}
	return place{start, at.end + end + len("}}")}
}

func (b *builder) skipSpace(at int) int {
	body := b.code.from.body
	for at < len(body) && isSpace(body[at]) {
		at++
	}
	return min(at, max(len(body)-1, 0))
}
