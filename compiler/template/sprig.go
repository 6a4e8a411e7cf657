package template

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/sprig/v3"
)

// allowedFunctions are the functions of sprig that a template may call, with the name sprig gives
// them: where it has a twin that reports its errors, that one. All are pure: they look at nothing
// but their arguments and change none of them. TestSprigIsClassified keeps the list complete.
var allowedFunctions = map[string]string{
	// text
	"abbrev": "abbrev", "abbrevboth": "abbrevboth", "camelcase": "camelcase", "cat": "cat", "contains": "contains",
	"hasPrefix": "hasPrefix", "hasSuffix": "hasSuffix", "indent": "indent", "initials": "initials",
	"kebabcase": "kebabcase", "lower": "lower", "nindent": "nindent", "nospace": "nospace", "plural": "plural",
	"quote": "quote", "repeat": "repeat", "replace": "replace", "snakecase": "snakecase", "squote": "squote",
	"substr": "substr", "swapcase": "swapcase", "title": "title", "toString": "toString", "trim": "trim",
	"trimAll": "trimAll", "trimPrefix": "trimPrefix", "trimSuffix": "trimSuffix", "trunc": "trunc",
	"untitle": "untitle", "upper": "upper", "wrap": "wrap", "wrapWith": "wrapWith",
	// patterns
	"regexFind": "mustRegexFind", "regexFindAll": "mustRegexFindAll", "regexMatch": "mustRegexMatch",
	"regexQuoteMeta": "regexQuoteMeta", "regexReplaceAll": "mustRegexReplaceAll",
	"regexReplaceAllLiteral": "mustRegexReplaceAllLiteral", "regexSplit": "mustRegexSplit",
	// lists
	"append": "mustAppend", "chunk": "mustChunk", "compact": "mustCompact", "concat": "concat", "first": "mustFirst",
	"has": "mustHas", "initial": "mustInitial", "join": "join", "last": "mustLast", "list": "list",
	"prepend": "mustPrepend", "rest": "mustRest", "reverse": "mustReverse", "seq": "seq", "sortAlpha": "sortAlpha",
	"split": "split", "splitList": "splitList", "splitn": "splitn", "toStrings": "toStrings", "uniq": "mustUniq",
	"until": "until", "untilStep": "untilStep", "without": "mustWithout",
	// dictionaries
	"dict": "dict", "dig": "dig", "get": "get", "hasKey": "hasKey", "keys": "keys", "omit": "omit", "pick": "pick",
	"pluck": "pluck", "values": "values",
	// numbers
	"add": "add", "add1": "add1", "add1f": "add1f", "addf": "addf", "atoi": "atoi", "ceil": "ceil", "div": "div",
	"divf": "divf", "float64": "float64", "floor": "floor", "int": "int", "int64": "int64", "max": "max",
	"maxf": "maxf", "min": "min", "minf": "minf", "mod": "mod", "mul": "mul", "mulf": "mulf", "round": "round",
	"sub": "sub", "subf": "subf",
	// choices and kinds
	"all": "all", "any": "any", "coalesce": "coalesce", "deepEqual": "deepEqual", "default": "default",
	"empty": "empty", "fail": "fail", "kindIs": "kindIs", "kindOf": "kindOf", "ternary": "ternary",
	// JSON and encodings
	"b64dec": "b64dec", "b64enc": "b64enc", "fromJson": "mustFromJson", "toJson": "mustToJson",
	"toRawJson": "mustToRawJson",
}

// costs bound what the functions take whose work or result is not in proportion to their arguments.
var costs = map[string]func([]any) int{
	"append":                 listCost,
	"indent":                 indentCost,
	"join":                   func(args []any) int { return times(size(args[0]), size(args[1])) },
	"nindent":                indentCost,
	"prepend":                listCost,
	"regexFind":              patternCost,
	"regexFindAll":           patternCost,
	"regexMatch":             patternCost,
	"regexReplaceAll":        replaceCost,
	"regexReplaceAllLiteral": replaceCost,
	"regexSplit":             patternCost,
	"repeat":                 func(args []any) int { return times(whole(args[0]), size(args[1])) },
	"replace": func(args []any) int {
		return times(strings.Count(args[2].(string), args[0].(string)), size(args[1]))
	},
	"seq":       func(args []any) int { return times(elementSize, stepsOf(args)) },
	"uniq":      func(args []any) int { return times(elementSize, times(size(args[0]), size(args[0]))) },
	"until":     func(args []any) int { return times(elementSize, whole(args[0])) },
	"untilStep": func(args []any) int { return times(elementSize, untilCost(args)) },
	"without":   func(args []any) int { return times(elementSize, times(size(args[0]), len(args))) },
	"wrapWith":  func(args []any) int { return times(size(args[1]), size(args[2])) },
}

// addLibrary adds the allowed functions of sprig, and ours in the place of those whose order is
// that of a map.
func addLibrary(out map[string]*function) {
	all := sprig.GenericFuncMap()
	all["keys"], all["values"] = keysOf, valuesOf
	for name, theirs := range allowedFunctions {
		fn := reflect.ValueOf(all[theirs])
		f := &function{name: name, fn: fn, cost: costs[name], min: fn.Type().NumIn(), max: fn.Type().NumIn()}
		if fn.Type().IsVariadic() {
			f.min, f.max = f.min-1, -1
		}
		out[name] = f
	}
}

func keysOf(dicts ...map[string]any) []string {
	out := []string{}
	for _, d := range dicts {
		out = slices.AppendSeq(out, maps.Keys(d))
	}
	slices.Sort(out)
	return out
}

func valuesOf(d map[string]any) []any {
	out := []any{}
	for _, key := range slices.Sorted(maps.Keys(d)) {
		out = append(out, d[key])
	}
	return out
}

// times multiplies sizes without overflow.
func times(a, b int) int {
	a, b = max(a, -a), max(b, -b)
	if a < 0 || b < 0 || b > 0 && a > math.MaxInt32/b {
		return math.MaxInt
	}
	return a * b
}

func whole(value any) int {
	n, _ := value.(int)
	return n
}

// size gives the length of a text, list or dictionary, and 1 for everything else.
func size(value any) int {
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map, reflect.String:
		return v.Len()
	default:
		return 1
	}
}

func listCost(args []any) int { return times(elementSize, size(args[0])) }

func indentCost(args []any) int {
	return times(whole(args[0]), strings.Count(args[1].(string), "\n")+1)
}

// patternCost bounds the steps of matching: each part of a pattern is tried at each byte, and a part
// that may be repeated n times is n parts.
func patternCost(args []any) int {
	pattern := args[0].(string)
	parts := len(pattern)
	for i, c := range pattern {
		if c != '{' {
			continue
		}
		if bounds, _, ok := strings.Cut(pattern[i+1:], "}"); ok {
			for bound := range strings.SplitSeq(bounds, ",") {
				n, _ := strconv.Atoi(bound)
				parts = times(parts, max(n, 1))
			}
		}
	}
	return times(parts, size(args[1])+elementSize)
}

func replaceCost(args []any) int {
	work, text := patternCost(args), times(size(args[1])+1, size(args[2])+1)
	if work == math.MaxInt || text == math.MaxInt {
		return math.MaxInt
	}
	return work + text
}

// untilCost counts the turns from a start to an end, both kept away from the ends of int, where
// counting would never stop.
func untilCost(args []any) int {
	const far = 1 << 40
	start, stop, step := whole(args[0]), whole(args[1]), whole(args[2])
	if step == 0 {
		return 0
	}
	if max(start, -start, stop, -stop, step, -step) > far || min(start, stop, step) < -far {
		return math.MaxInt
	}
	return (stop - start) / step
}

// stepsOf counts the turns of seq, whose arguments are end; start and end; or start, step and end.
func stepsOf(args []any) int {
	switch len(args) {
	case 1:
		return untilCost([]any{1, args[0], 1})
	case 2:
		return untilCost([]any{args[0], args[1], 1})
	case 3:
		return untilCost([]any{args[0], args[2], args[1]})
	default:
		return 0
	}
}
