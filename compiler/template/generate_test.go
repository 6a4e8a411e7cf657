package template

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator writes random templates. Text that goes out as it stands is in lower case; everything
// else that goes out is in upper case, digits or punctuation, so that a test can tell them apart.
type generator struct {
	*rand.Rand
	// plain leaves out what text/template does not know.
	plain  bool
	macros []string
	vars   []string // variables in scope, which hold text
	depth  int
}

func newGenerator(seed uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, 7))}
}

func (g *generator) pick(of ...string) string { return of[g.IntN(len(of))] }

func (g *generator) words() string {
	var b strings.Builder
	for range 1 + g.IntN(4) {
		b.WriteString(g.pick("select ", "from\n", "where é ", "a,", "  ", "\t\n", "日本 ", "{ ", "} ", "x", "'t' "))
	}
	return b.String()
}

// open and shut write the braces of an action.
func (g *generator) open() string { return g.pick("{{ ", "{{", "{{- ", "{{\n") }
func (g *generator) shut() string { return g.pick(" }}", "}}", " -}}", "\n}}") }

func (g *generator) action(text string) string { return g.open() + text + g.shut() }

// template writes a list of nodes.
func (g *generator) template() string {
	if g.depth > 3 {
		return g.words()
	}
	g.depth++
	scope := len(g.vars)
	defer func() { g.depth--; g.vars = g.vars[:scope] }()
	var b strings.Builder
	for range g.IntN(5) {
		b.WriteString(g.words())
		b.WriteString(g.node())
	}
	b.WriteString(g.words())
	return b.String()
}

func (g *generator) node() string {
	switch g.IntN(12) {
	case 0:
		return g.action("if "+g.boolean()) + g.template() + g.alternative("if "+g.boolean())
	case 1:
		return g.action("with "+g.text()) + g.inner(".", g.template) + g.alternative("with "+g.text())
	case 2:
		name := fmt.Sprintf("$v%d", len(g.vars))
		return g.action("range "+name+" := "+g.list()) + g.inner(name, g.template) + g.action("end")
	case 3:
		return g.action("range "+g.list()) + g.inner(".", g.jumping) + g.alternative("")
	case 4:
		name := fmt.Sprintf("$v%d", len(g.vars))
		out := g.action(name + " := " + g.text())
		g.vars = append(g.vars, name)
		return out
	case 5:
		if n := len(g.vars); n > 0 && strings.HasPrefix(g.vars[n-1], "$v") {
			return g.action(g.vars[n-1] + " = " + g.text())
		}
		return "{{- /* note */ -}}"
	case 6:
		return "{{/* note */}}"
	case 7, 8:
		if g.plain {
			return g.action(g.number())
		}
		return g.action(g.pick(`ref "a"`, `"b" | ref`, "this", `source "s" "t"`, "run_time", `target "schema"`, `ref "a" | printf "%s"`))
	case 9:
		if len(g.macros) > 0 {
			return g.action(g.pick(g.macros...) + " " + g.argument())
		}
		return g.action(g.list())
	default:
		return g.action(g.text())
	}
}

// jumping is a body of a range that may leave it.
func (g *generator) jumping() string {
	return g.words() + g.action("if "+g.boolean()) + g.action(g.pick("break", "continue")) + g.action("end") + g.template()
}

func (g *generator) inner(name string, body func() string) string {
	g.vars = append(g.vars, name)
	defer func() { g.vars = g.vars[:len(g.vars)-1] }()
	return body()
}

func (g *generator) alternative(chained string) string {
	switch {
	case g.IntN(2) == 0:
		return g.action("end")
	case chained != "" && g.IntN(2) == 0:
		return g.action("else "+chained) + g.words() + g.action("end")
	}
	return g.action("else") + g.words() + g.action("end")
}

// text writes an expression whose value is text in upper case.
func (g *generator) text() string {
	if g.depth++; g.depth > 6 {
		g.depth--
		return g.constant()
	}
	defer func() { g.depth-- }()
	switch g.IntN(12) {
	case 0:
		return "(" + g.text() + ")"
	case 1:
		return g.pick("upper ", "trim ", "squote ", "html ", "js ", "urlquery ", "nospace ", "toString ") + g.argument()
	case 2:
		return "printf " + g.pick(`"%s-%v"`, `"%10s|%-4s"`, `"%q%s"`) + " " + g.argument() + " " + g.argument()
	case 3:
		return "(" + g.text() + ") | " + g.pick("upper", "trim", "print", "println", `replace "A" "É"`, "trunc 3", "repeat 2")
	case 4:
		return "join " + g.constant() + " (" + g.list() + ")"
	case 5:
		return "index (" + g.list() + ") 0"
	case 6:
		return "print " + g.argument() + " (" + g.number() + ") " + g.argument()
	case 7:
		return "and " + g.argument() + " " + g.argument()
	case 8:
		return "or (" + g.boolean() + ") " + g.argument() + ` | toString | upper`
	case 9:
		return "(dict " + `"k" ` + g.argument() + ").k"
	case 10:
		if len(g.vars) > 0 {
			return g.pick(g.vars...)
		}
		return g.constant()
	default:
		return g.constant()
	}
}

func (g *generator) argument() string { return "(" + g.text() + ")" }

func (g *generator) constant() string {
	return g.pick(`"A"`, `"BÉ"`, "`C D`", `""`, `"{{"`, `"}}"`, `"\n"`, `"Ü\"\\"`)
}

func (g *generator) number() string {
	switch g.IntN(7) {
	case 0:
		return "add 1 " + g.pick("2", "-3", "40")
	case 1:
		return "len " + g.argument()
	case 2:
		return "mul 2 (" + g.pick("3", "len (list 1 2)") + ")"
	case 3:
		return "len (" + g.list() + ")"
	case 4:
		return "int64 " + g.pick("3", `"4"`, "5.5")
	default:
		return g.pick("0", "1", "2", "0x10", "'a'", "1.5", "1e3", "-7")
	}
}

func (g *generator) boolean() string {
	switch g.IntN(7) {
	case 0:
		return "not (" + g.text() + ")"
	case 1:
		return g.pick("eq", "ne", "lt", "le", "gt", "ge") + " " + g.argument() + " " + g.argument()
	case 2:
		return g.pick("eq", "ne", "lt", "le", "gt", "ge") + " (len " + g.argument() + ") " + g.pick("0", "1", "2")
	case 3:
		return "contains " + g.constant() + " " + g.argument()
	case 4:
		return "has " + g.argument() + " (" + g.list() + ")"
	case 5:
		return "empty " + g.argument()
	default:
		return g.pick("true", "false")
	}
}

// list writes a list of at least one text.
func (g *generator) list() string {
	if g.depth++; g.depth > 5 {
		g.depth--
		return "list " + g.constant()
	}
	defer func() { g.depth-- }()
	switch g.IntN(6) {
	case 0:
		return "append (" + g.list() + ") " + g.argument()
	case 1:
		return "reverse (" + g.list() + ")"
	case 2:
		return "slice (" + g.list() + ") 0 1"
	case 3:
		return "sortAlpha (" + g.list() + ")"
	default:
		return "list " + g.argument() + " " + g.argument()
	}
}
