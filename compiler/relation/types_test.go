package relation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/relation"
)

func TestParseTypeCutsNames(t *testing.T) {
	t.Parallel()
	word := func(w string) relation.Type { return relation.Type{Word: w} }
	for text, want := range map[string]relation.Type{
		"int64":                       word("int64"),
		" BigInt ":                    word("bigint"),
		"double  precision":           word("double precision"),
		"decimal(10, 2)":              {Word: "decimal", Args: []string{"10", "2"}},
		"timestamp(3) with time zone": {Word: "timestamp with time zone", Args: []string{"3"}},
		"int32[]":                     {Word: "list", Of: []relation.Type{word("int32")}},
		"list(int32)":                 {Word: "list", Of: []relation.Type{word("int32")}},
		"int32[][3]":                  {Word: "array", Args: []string{"3"}, Of: []relation.Type{{Word: "list", Of: []relation.Type{word("int32")}}}},
		"map(string, date)":           {Word: "map", Of: []relation.Type{word("string"), word("date")}},
		`struct(a int8, "b ""c" timestamp with time zone)`: {
			Word: "struct", Fields: []string{"a", `b "c`}, Of: []relation.Type{word("int8"), word("timestamp with time zone")},
		},
		"struct(integer, varchar)": {Word: "struct", Of: []relation.Type{word("integer"), word("varchar")}},
		"enum('a', 'b''c')":        {Word: "enum", Args: []string{"'a'", "'b''c'"}},
		`"My Type"`:                {Word: "My Type", Quoted: true},
	} {
		got, ok := relation.ParseType(text)
		if !ok {
			t.Errorf("ParseType(%q) gives nothing", text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ParseType(%q) (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseTypeRefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "1", "int(", "int)", "int(3", "int[", "int[3", "int]", "struct(a)x(", "struct(a int, text)", "'a'", `"a`, "a,b", "()", "decimal()", "enum('a", "a-b",
	} {
		if got, ok := relation.ParseType(text); ok {
			t.Errorf("ParseType(%q) = %v, want nothing", text, got)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]int{"decimal(10, 2)": {10, 2}, "date": {}, "enum('a', 'b')": nil, "bit(99999999999999999999)": nil} {
		parsed, _ := relation.ParseType(text)
		got, ok := parsed.Numbers()
		if diff := cmp.Diff(want, got); diff != "" || ok != (want != nil) {
			t.Errorf("Numbers of %q: %t (-want +got):\n%s", text, ok, diff)
		}
	}
}

func FuzzParseType(f *testing.F) {
	f.Add("struct(a int8, b map(string, list(date))[])")
	f.Add("decimal(10,2")
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := relation.ParseType(text)
		if ok && got.Word == "" && !got.Quoted {
			t.Errorf("ParseType(%q) gives a type without a name", text)
		}
	})
}
