package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sayings are what a package says as reasons, with the places where it says so. Verbs stand for what differs.
type sayings struct {
	t         *testing.T
	fset      *token.FileSet
	funcs     map[string][]*ast.FuncDecl
	details   []value
	sentences map[string]token.Position
	causes    map[string]token.Position
	followed  map[any]bool
}

// value is an expression, with the function it stands in.
type value struct {
	expr ast.Expr
	in   *ast.FuncDecl
}

// result is one of the values that a function returns.
type result struct {
	of *ast.FuncDecl
	at int
}

func readSayings(t *testing.T, folder string) *sayings {
	t.Helper()
	s := &sayings{
		t: t, fset: token.NewFileSet(), funcs: map[string][]*ast.FuncDecl{},
		sentences: map[string]token.Position{}, causes: map[string]token.Position{}, followed: map[any]bool{},
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all []*ast.FuncDecl
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(s.fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				all = append(all, fn)
				s.funcs[fn.Name.Name] = append(s.funcs[fn.Name.Name], fn)
			}
		}
	}
	var reasons []value
	for _, fn := range all {
		reasons = append(reasons, s.read(fn)...)
	}
	for _, v := range reasons {
		s.follow(v)
	}
	return s
}

// read notes the causes in a function, and gives what it makes a reason.
func (s *sayings) read(fn *ast.FuncDecl) (reasons []value) {
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if field, ok := left.(*ast.SelectorExpr); ok && (field.Sel.Name == "Reason" || field.Sel.Name == "why") && len(n.Rhs) == len(n.Lhs) {
					reasons = append(reasons, value{n.Rhs[i], fn})
				}
			}
		case *ast.CallExpr:
			if calledName(n) == "because" {
				s.cause(n.Args[0])
			}
		case *ast.CompositeLit:
			if name, ok := n.Type.(*ast.Ident); (ok && name.Name == "Cause" || n.Type == nil) && fn.Name.Name != "because" {
				s.fields(n, fn)
			}
		}
		return true
	})
	return reasons
}

// fields reads a cause that is written out.
func (s *sayings) fields(lit *ast.CompositeLit, fn *ast.FuncDecl) {
	for _, e := range lit.Elts {
		field, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch name, _ := field.Key.(*ast.Ident); {
		case name == nil:
		case name.Name == "What":
			s.cause(field.Value)
		case name.Name == "Detail":
			s.details = append(s.details, value{field.Value, fn})
		}
	}
}

func (s *sayings) cause(e ast.Expr) {
	text, ok := literal(e)
	if !ok {
		s.t.Errorf("%s: write the cause as a text here, so that this test sees it", s.fset.Position(e.Pos()))
		return
	}
	s.causes[text] = s.fset.Position(e.Pos())
}

// follow finds the sentences that an expression can be.
func (s *sayings) follow(v value) {
	switch e := v.expr.(type) {
	case *ast.BasicLit, *ast.BinaryExpr:
		s.say(e)
	case *ast.Ident:
		s.variable(e.Name, v.in)
	case *ast.SelectorExpr:
		switch e.Sel.Name {
		case "Detail":
			for _, detail := range s.details {
				s.follow(detail)
			}
		case "Reason", "why": // every one is read
		default:
			s.lost(e)
		}
	case *ast.IndexExpr:
		if field, ok := e.X.(*ast.SelectorExpr); ok && field.Sel.Name == "Differs" {
			s.results("divider", "differs", 0)
			return
		}
		s.lost(e)
	case *ast.CallExpr:
		if calledName(e) == "Sprintf" {
			s.say(e.Args[0])
			return
		}
		s.call(e, v.in, 0)
	default:
		s.lost(e)
	}
}

func (s *sayings) lost(e ast.Expr) {
	s.t.Errorf("%s: this test cannot tell which words a reason has here", s.fset.Position(e.Pos()))
}

// say notes a sentence.
func (s *sayings) say(e ast.Expr) {
	if text := sentence(e); strings.ContainsAny(verb.ReplaceAllString(text, ""), "abcdefghijklmnopqrstuvwxyz") {
		s.sentences[text] = s.fset.Position(e.Pos())
	}
}

// variable follows all that a function gives a variable.
func (s *sayings) variable(name string, fn *ast.FuncDecl) {
	key := name + " " + s.fset.Position(fn.Pos()).String()
	if s.followed[key] {
		return
	}
	s.followed[key] = true
	given := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if loop, ok := n.(*ast.RangeStmt); ok { // what it goes through is part of a reason already
			id, is := loop.Value.(*ast.Ident)
			given = given || is && id.Name == name
		}
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, left := range assign.Lhs {
			if id, ok := left.(*ast.Ident); !ok || id.Name != name {
				continue
			}
			given = true
			switch {
			case assign.Tok == token.ADD_ASSIGN:
				s.say(&ast.BinaryExpr{X: assign.Lhs[i], Op: token.ADD, Y: assign.Rhs[i]})
			case len(assign.Rhs) == len(assign.Lhs):
				s.follow(value{assign.Rhs[i], fn})
			default:
				if call, ok := assign.Rhs[0].(*ast.CallExpr); ok {
					s.call(call, fn, i)
				} else {
					s.lost(assign.Rhs[0])
				}
			}
		}
		return true
	})
	if !given {
		s.t.Errorf("%s: this test cannot tell which words %q has in %s", s.fset.Position(fn.Pos()), name, fn.Name.Name)
	}
}

// call follows one of the values that a call of this package gives.
func (s *sayings) call(call *ast.CallExpr, fn *ast.FuncDecl, at int) {
	receiver := ""
	if field, ok := call.Fun.(*ast.SelectorExpr); ok && fn.Recv != nil {
		if x, ok := field.X.(*ast.Ident); ok && len(fn.Recv.List[0].Names) > 0 && x.Name == fn.Recv.List[0].Names[0].Name {
			receiver = typeName(fn.Recv.List[0].Type)
		}
	}
	if !s.results(receiver, calledName(call), at) {
		s.lost(call)
	}
}

// results follows what a function returns. Without one of that receiver, it is that of the only one with the name.
func (s *sayings) results(receiver, name string, at int) bool {
	all := s.funcs[name]
	if of := slices.IndexFunc(all, func(fn *ast.FuncDecl) bool {
		return fn.Recv != nil && typeName(fn.Recv.List[0].Type) == receiver
	}); of >= 0 {
		all = all[of : of+1]
	}
	if len(all) != 1 {
		return false
	}
	fn := all[0]
	if s.followed[result{fn, at}] {
		return true
	}
	s.followed[result{fn, at}] = true
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if _, inner := n.(*ast.FuncLit); inner {
			return false
		}
		returns, ok := n.(*ast.ReturnStmt)
		switch {
		case !ok:
		case len(returns.Results) == 1 && fn.Type.Results.NumFields() > 1:
			if call, ok := returns.Results[0].(*ast.CallExpr); ok {
				s.call(call, fn, at)
			}
		case len(returns.Results) > at:
			s.follow(value{returns.Results[at], fn})
		default:
			s.t.Errorf("%s: return the words of a reason by themselves, so that this test sees them", s.fset.Position(returns.Pos()))
		}
		return true
	})
	return true
}

// sentence puts together what an expression says, with a verb for what is not known.
func sentence(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := literal(e)
		return text
	case *ast.BinaryExpr:
		return sentence(e.X) + sentence(e.Y)
	case *ast.CallExpr:
		if calledName(e) == "Sprintf" {
			return sentence(e.Args[0])
		}
	}
	return "%s"
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func calledName(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	default:
		return ""
	}
}

func typeName(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	return fmt.Sprint(e)
}

// verb is what stands for something else in a sentence.
var verb = regexp.MustCompile(`%[a-z]`)

// patterns gives the expressions that fit the sentences.
func (s *sayings) patterns() map[string]*regexp.Regexp {
	out := make(map[string]*regexp.Regexp, len(s.sentences))
	for text := range s.sentences {
		var pattern strings.Builder
		at := 0
		for _, span := range verb.FindAllStringIndex(text, -1) {
			pattern.WriteString(regexp.QuoteMeta(text[at:span[0]]) + ".+")
			at = span[1]
		}
		out[text] = regexp.MustCompile("^" + pattern.String() + regexp.QuoteMeta(text[at:]) + "$")
	}
	return out
}

// closest gives the sentence that a line is, the one that says most where there are several.
func closest(line string, patterns map[string]*regexp.Regexp) (best string) {
	most := -1
	for text, pattern := range patterns {
		if size := len(verb.ReplaceAllString(text, "")); size > most && pattern.MatchString(line) {
			best, most = text, size
		}
	}
	return best
}
