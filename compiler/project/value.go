package project

import (
	"math"
	"strconv"
	"strings"
)

// scalarType is what a scalar means to the eye of a reader.
type scalarType uint8

const (
	textScalar scalarType = iota + 1
	nullScalar
	boolScalar
	intScalar
	floatScalar
)

// scalarOf resolves a scalar as YAML 1.2 does, with two differences: a number with leading zeros
// and an integer beyond 64 bits stay text, because they are mostly codes and must not lose digits.
func (n *node) scalarOf() (scalarType, any) {
	if n.style != plainStyle {
		return textScalar, n.text
	}
	if n.isNull() {
		return nullScalar, nil
	}
	switch n.text {
	case "true", "True", "TRUE":
		return boolScalar, true
	case "false", "False", "FALSE":
		return boolScalar, false
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return floatScalar, math.Inf(1)
	case "-.inf", "-.Inf", "-.INF":
		return floatScalar, math.Inf(-1)
	case ".nan", ".NaN", ".NAN":
		return floatScalar, math.NaN()
	}
	if typ, v := number(n.text); typ != 0 {
		return typ, v
	}
	return textScalar, n.text
}

// isText reports whether a value is text.
func (n *node) isText() bool {
	if n.kind != scalarNode || n.isNull() || n.isBool() {
		return false
	}
	if n.style != plainStyle {
		return true
	}
	switch n.text[0] {
	case '+', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		typ, _ := n.scalarOf()
		return typ == textScalar
	}
	return true
}

func (n *node) isBool() bool {
	if n.kind != scalarNode || n.style != plainStyle {
		return false
	}
	switch n.text {
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return true
	}
	return false
}

// isTrue reports whether a value is true; every other value is not.
func (n *node) isTrue() bool { return n.isBool() && (n.text[0] == 't' || n.text[0] == 'T') }

// integer gives a whole number, and whether the value is one.
func (n *node) integer() (int64, bool) {
	if n.kind != scalarNode {
		return 0, false
	}
	_, v := n.scalarOf()
	i, ok := v.(int64)
	return i, ok
}

// number resolves a text that looks like a number; it gives zero for any other.
func number(text string) (scalarType, any) {
	digits := strings.TrimLeft(text, "+-")
	if digits == "" || len(text)-len(digits) > 1 || digits[0] != '.' && (digits[0] < '0' || digits[0] > '9') {
		return 0, nil
	}
	if len(digits) > 1 && digits[0] == '0' {
		switch c := digits[1]; {
		case c == 'x', c == 'o':
			if v, err := strconv.ParseInt(text, 0, 64); err == nil && !strings.Contains(text, "_") {
				return intScalar, v
			}
			return 0, nil
		case c >= '0' && c <= '9':
			return 0, nil
		}
	}
	if v, err := strconv.ParseInt(text, 10, 64); err == nil {
		return intScalar, v
	}
	if strings.Trim(digits, "0123456789.eE+-") != "" || strings.Trim(digits, "0123456789") == "" {
		return 0, nil
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return floatScalar, v
	}
	return 0, nil
}

// describe says in words what a value is.
func (n *node) describe() string {
	if n.kind == listNode {
		return "a list"
	}
	if n.kind == mapNode {
		return "keys and values"
	}
	switch typ, _ := n.scalarOf(); typ {
	case nullScalar:
		return "nothing"
	case boolScalar:
		return "true or false"
	case intScalar, floatScalar:
		return "a number"
	default:
		return "text"
	}
}

// anyOf gives a value as Go has it: string, bool, int64, float64, nil, []any or map[string]any.
// Keys that stand twice are reported.
func (d *doc) anyOf(n *node) any {
	switch n.kind {
	case listNode:
		out := make([]any, len(n.kids))
		for i := range n.kids {
			out[i] = d.anyOf(&n.kids[i])
		}
		return out
	case mapNode:
		out := make(map[string]any, len(n.kids)/2)
		d.eachKey(n, func(f field) { out[f.name()] = d.anyOf(f.value) })
		return out
	default:
		_, v := n.scalarOf()
		return v
	}
}

// plainText gives a value on one line, for people and for the selector.
func plainText(n *node) string {
	switch n.kind {
	case listNode:
		words := make([]string, len(n.kids))
		for i := range n.kids {
			words[i] = plainText(&n.kids[i])
		}
		return strings.Join(words, ",")
	case mapNode:
		words := make([]string, 0, len(n.kids)/2)
		for i := 0; i < len(n.kids); i += 2 {
			words = append(words, n.kids[i].text+"="+plainText(&n.kids[i+1]))
		}
		return strings.Join(words, ",")
	default:
		return n.text
	}
}
