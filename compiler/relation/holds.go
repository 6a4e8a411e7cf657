package relation

// number is a type of numbers: exact ones of so many bits, or decimals, or floats that hold as many bits exactly.
type number struct {
	bits, scale int
	signed      bool
	kind        byte
}

const (
	integer = iota + 1
	decimal
	float
)

var numbers = map[string]number{
	"int8": {8, 0, true, integer}, "int16": {16, 0, true, integer}, "int32": {32, 0, true, integer}, "int64": {64, 0, true, integer},
	"hugeint": {128, 0, true, integer},
	"uint8":   {8, 0, false, integer}, "uint16": {16, 0, false, integer}, "uint32": {32, 0, false, integer},
	"uint64": {64, 0, false, integer}, "uhugeint": {128, 0, false, integer},
	"float32": {24, 0, true, float}, "float64": {53, 0, true, float},
}

// Holds reports whether a type, in logical words, holds all values of another.
func (t Type) Holds(other Type) bool {
	a, b := t, other
	switch {
	case a.Quoted || b.Quoted || len(a.Of) > 0 || len(b.Of) > 0 || a.Word == "":
		return false
	case a.Word == "string":
		return b.Word == "enum"
	case a.Word == "timestamp":
		return b.Word == "date"
	}
	x, ok := numberOf(a)
	y, also := numberOf(b)
	if !ok || !also {
		return false
	}
	switch {
	case x.kind == integer && y.kind == integer:
		return x.signed == y.signed && x.bits >= y.bits || x.signed && x.bits > y.bits
	case x.kind == decimal && y.kind == integer:
		return x.bits-x.scale >= digits(y)
	case x.kind == decimal && y.kind == decimal:
		return x.scale >= y.scale && x.bits-x.scale >= y.bits-y.scale
	case x.kind == float && y.kind == integer:
		return x.bits >= y.bits
	}
	return x.kind == float && y.kind == float && x.bits >= y.bits
}

// numberOf gives a type of numbers; the bits of a decimal are its digits.
func numberOf(t Type) (number, bool) {
	if t.Word == "decimal" {
		n, ok := t.Numbers()
		if !ok || len(n) != 2 {
			return number{}, false
		}
		return number{bits: n[0], scale: n[1], signed: true, kind: decimal}, true
	}
	n, ok := numbers[t.Word]
	return n, ok
}

// digits is how many digits the numbers of a type have at most.
func digits(n number) int {
	return map[int]int{8: 3, 16: 5, 32: 10, 64: 20, 128: 39}[n.bits]
}
