package relation

import (
	"strconv"
	"strings"
)

// Type is the name of a type, cut into its parts; ParseType makes it. It knows the grammar that
// engines share and no engine's words: a dialect gives them meaning.
type Type struct {
	// Word is the name in small letters with single blanks, such as "decimal" or "timestamp with time
	// zone"; a name in quotes keeps its case. A list is "list", a list of fixed length "array",
	// however they are written.
	Word   string
	Quoted bool
	// Args are the numbers and texts in parentheses, as they are written.
	Args []string
	// Of are the types inside: of a list or an array one, of a map two, of a struct one a field.
	Of []Type
	// Fields are the names of a struct's Of; nil where it has none.
	Fields []string
}

// Numbers gives the type's Args; ok is false where one is no number.
func (t Type) Numbers() (numbers []int, ok bool) {
	numbers = make([]int, len(t.Args))
	for i, arg := range t.Args {
		n, err := strconv.Atoi(arg)
		if err != nil {
			return nil, false
		}
		numbers[i] = n
	}
	return numbers, true
}

// Logical are the words for types that mean the same for every engine, besides list(T) or T[],
// struct(name T, …) and map(K, V).
var Logical = []string{
	"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "decimal(p,s)", "float32", "float64",
	"string", "bytes", "date", "time", "timestamp", "instant", "interval", "uuid", "json",
}

// maxTypeDepth bounds how deep types stand in each other.
const maxTypeDepth = 100

// ParseType cuts the name of a type; ok is false where it cannot be one.
func ParseType(text string) (t Type, ok bool) {
	p := typeParser{rest: text}
	t, ok = p.parse()
	p.blanks()
	return t, ok && p.rest == ""
}

type typeParser struct {
	rest  string
	depth int
}

func (p *typeParser) parse() (Type, bool) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxTypeDepth {
		return Type{}, false
	}
	t, ok := p.named()
	for ok {
		switch {
		case p.take("["):
			length := p.digits()
			if ok = p.take("]"); length == "" {
				t = Type{Word: "list", Of: []Type{t}}
			} else {
				t = Type{Word: "array", Args: []string{length}, Of: []Type{t}}
			}
		default:
			return t, true
		}
	}
	return t, false
}

// named reads words, what stands in parentheses, and words again, as in timestamp(3) with time zone.
func (p *typeParser) named() (Type, bool) {
	p.blanks()
	if strings.HasPrefix(p.rest, `"`) {
		name, ok := p.quoted('"')
		return Type{Word: name, Quoted: true}, ok
	}
	t := Type{Word: p.words()}
	if t.Word == "" {
		return t, false
	}
	if p.take("(") {
		if !p.inside(&t) {
			return t, false
		}
		if more := p.words(); more != "" {
			t.Word += " " + more
		}
	}
	return t, true
}

func (p *typeParser) words() string {
	var words []string
	for {
		p.blanks()
		n := 0
		for n < len(p.rest) && isNamePart(p.rest[n], n) {
			n++
		}
		if n == 0 {
			return strings.Join(words, " ")
		}
		words = append(words, strings.ToLower(p.rest[:n]))
		p.rest = p.rest[n:]
	}
}

func isNamePart(c byte, at int) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80 || at > 0 && c >= '0' && c <= '9'
}

// inside reads what stands in parentheses, up to the one that closes them.
func (p *typeParser) inside(t *Type) bool {
	for {
		if !p.argument(t) {
			return false
		}
		if p.take(")") {
			return t.Fields == nil || len(t.Fields) == len(t.Of)
		}
		if !p.take(",") {
			return false
		}
	}
}

func (p *typeParser) argument(t *Type) bool {
	p.blanks()
	switch {
	case p.rest == "":
		return false
	case p.rest[0] == '\'':
		start := p.rest
		_, ok := p.quoted('\'')
		t.Args = append(t.Args, start[:len(start)-len(p.rest)])
		return ok
	case p.rest[0] >= '0' && p.rest[0] <= '9':
		t.Args = append(t.Args, p.digits())
		return true
	}
	switch t.Word {
	case "struct", "row", "union":
		if name, ok := p.fieldName(); ok {
			t.Fields = append(t.Fields, name)
		}
	}
	inner, ok := p.parse()
	t.Of = append(t.Of, inner)
	return ok
}

// fieldName reads the name of a field, which its type follows. A field without a name is its type.
func (p *typeParser) fieldName() (string, bool) {
	before := p.rest
	var name string
	ok := true
	if strings.HasPrefix(p.rest, `"`) {
		name, ok = p.quoted('"')
	} else {
		n := 0
		for n < len(p.rest) && isNamePart(p.rest[n], n) {
			n++
		}
		name, p.rest = p.rest[:n], p.rest[n:]
	}
	p.blanks()
	if !ok || name == "" || p.rest == "" || p.rest[0] != '"' && !isNamePart(p.rest[0], 0) {
		p.rest = before
		return "", false
	}
	return name, true
}

// quoted reads a text in quotes, which are doubled inside it.
func (p *typeParser) quoted(quote byte) (string, bool) {
	for i := 1; i < len(p.rest); i++ {
		if p.rest[i] != quote {
			continue
		}
		if i+1 < len(p.rest) && p.rest[i+1] == quote {
			i++
			continue
		}
		q := string(quote)
		text := strings.ReplaceAll(p.rest[1:i], q+q, q)
		p.rest = p.rest[i+1:]
		return text, true
	}
	return "", false
}

func (p *typeParser) digits() string {
	p.blanks()
	n := 0
	for n < len(p.rest) && p.rest[n] >= '0' && p.rest[n] <= '9' {
		n++
	}
	digits := p.rest[:n]
	p.rest = p.rest[n:]
	return digits
}

func (p *typeParser) take(text string) bool {
	p.blanks()
	rest, ok := strings.CutPrefix(p.rest, text)
	p.rest = rest
	return ok
}

func (p *typeParser) blanks() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }
