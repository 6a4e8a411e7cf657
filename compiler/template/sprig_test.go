package template

import (
	"maps"
	"slices"
	"testing"

	"github.com/Masterminds/sprig/v3"
	"github.com/google/go-cmp/cmp"
)

// TestSprigIsClassified fails when an update of sprig brings a function that nobody has looked at:
// add it to allowedFunctions where it is pure and bounded, else to refusedFunctions.
func TestSprigIsClassified(t *testing.T) {
	t.Parallel()
	theirs := sprig.GenericFuncMap()
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		_, allowed := allowedFunctions[name]
		_, refused := refusedFunctions[name]
		isOurs := reserved(name) != ""
		if n := count(allowed, refused, isOurs); n != 1 {
			t.Errorf("sprig's %q is in %d of allowedFunctions, refusedFunctions and our own", name, n)
		}
	}
	for name, from := range allowedFunctions {
		if theirs[from] == nil {
			t.Errorf("sprig has no %q for %q", from, name)
		}
	}
	for name := range refusedFunctions {
		if theirs[name] == nil {
			t.Errorf("sprig has no %q", name)
		}
	}
	for name := range costs {
		if _, ok := allowedFunctions[name]; !ok {
			t.Errorf("the cost of %q belongs to no function", name)
		}
	}
	if n := len(allowedFunctions); n < 80 || n > 110 {
		t.Errorf("%d functions of sprig are allowed", n)
	}
}

func count(facts ...bool) int {
	n := 0
	for _, fact := range facts {
		if fact {
			n++
		}
	}
	return n
}

// TestLibraryFunctions shows what the allowed functions give, one use of each.
func TestLibraryFunctions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"abbrev":                 {`{{ abbrev 5 "hello world" }}`, "he..."},
		"abbrevboth":             {`{{ abbrevboth 5 10 "1234 5678 9123" }}`, "...5678..."},
		"add":                    {`{{ add 1 2 3 }}`, "6"},
		"add1":                   {`{{ add1 1 }}`, "2"},
		"add1f":                  {`{{ add1f 1.5 }}`, "2.5"},
		"addf":                   {`{{ addf 1.5 2 }}`, "3.5"},
		"all":                    {`{{ all 1 "" }}`, "false"},
		"any":                    {`{{ any 0 "x" }}`, "true"},
		"append":                 {`{{ append (list 1) 2 | join "," }}`, "1,2"},
		"atoi":                   {`{{ atoi "12" }}`, "12"},
		"b64dec":                 {`{{ b64dec "aGk=" }}`, "hi"},
		"b64enc":                 {`{{ b64enc "hi" }}`, "aGk="},
		"camelcase":              {`{{ camelcase "order_id" }}`, "OrderId"},
		"cat":                    {`{{ cat "a" 1 }}`, "a 1"},
		"ceil":                   {`{{ ceil 1.2 }}`, "2"},
		"chunk":                  {`{{ range chunk 2 (list 1 2 3) }}[{{ join "," . }}]{{ end }}`, "[1,2][3]"},
		"coalesce":               {`{{ coalesce "" "x" }}`, "x"},
		"compact":                {`{{ compact (list 1 "" 2) | join "," }}`, "1,2"},
		"concat":                 {`{{ concat (list 1) (list 2) | join "," }}`, "1,2"},
		"contains":               {`{{ contains "b" "abc" }}`, "true"},
		"deepEqual":              {`{{ deepEqual (list 1) (list 1) }}`, "true"},
		"default":                {`{{ default "x" "" }}`, "x"},
		"dict":                   {`{{ dict "b" 1 "a" 2 }}`, "map[a:2 b:1]"},
		"dig":                    {`{{ dig "a" "b" "none" (dict "a" (dict "b" "x")) }}`, "x"},
		"div":                    {`{{ div 7 2 }}`, "3"},
		"divf":                   {`{{ divf 7 2 }}`, "3.5"},
		"empty":                  {`{{ empty "" }}`, "true"},
		"fail":                   {`{{ if false }}{{ fail "x" }}{{ end }}`, ""},
		"first":                  {`{{ first (list 1 2) }}`, "1"},
		"float64":                {`{{ float64 "1.5" }}`, "1.5"},
		"floor":                  {`{{ floor 1.8 }}`, "1"},
		"fromJson":               {`{{ (fromJson "{\"a\": [1]}").a }}`, "[1]"},
		"get":                    {`{{ get (dict "a" 1) "a" }}`, "1"},
		"has":                    {`{{ has 1 (list 1) }}`, "true"},
		"hasKey":                 {`{{ hasKey (dict "a" 1) "a" }}`, "true"},
		"hasPrefix":              {`{{ hasPrefix "a" "abc" }}`, "true"},
		"hasSuffix":              {`{{ hasSuffix "c" "abc" }}`, "true"},
		"indent":                 {`{{ indent 2 "a\nb" }}`, "  a\n  b"},
		"initial":                {`{{ initial (list 1 2) | join "," }}`, "1"},
		"initials":               {`{{ initials "first try" }}`, "ft"},
		"int":                    {`{{ int "3" }}`, "3"},
		"int64":                  {`{{ int64 3.7 }}`, "3"},
		"join":                   {`{{ join "," (list 1 "a") }}`, "1,a"},
		"kebabcase":              {`{{ kebabcase "OrderID" }}`, "order-id"},
		"keys":                   {`{{ keys (dict "b" 1 "a" 1) (dict "c" 1) | join "," }}`, "a,b,c"},
		"kindIs":                 {`{{ kindIs "string" "x" }}`, "true"},
		"kindOf":                 {`{{ kindOf (ref "a") }}`, "string"},
		"last":                   {`{{ last (list 1 2) }}`, "2"},
		"list":                   {`{{ list 1 "a" }}`, "[1 a]"},
		"lower":                  {`{{ lower "AB" }}`, "ab"},
		"max":                    {`{{ max 1 3 2 }}`, "3"},
		"maxf":                   {`{{ maxf 1 2.5 }}`, "2.5"},
		"min":                    {`{{ min 2 1 }}`, "1"},
		"minf":                   {`{{ minf 1.5 2 }}`, "1.5"},
		"mod":                    {`{{ mod 7 4 }}`, "3"},
		"mul":                    {`{{ mul 2 3 }}`, "6"},
		"mulf":                   {`{{ mulf 1.5 2 }}`, "3"},
		"nindent":                {`{{ nindent 1 "a" }}`, "\n a"},
		"nospace":                {`{{ nospace "a b" }}`, "ab"},
		"omit":                   {`{{ omit (dict "a" 1 "b" 2) "a" }}`, "map[b:2]"},
		"pick":                   {`{{ pick (dict "a" 1 "b" 2) "a" }}`, "map[a:1]"},
		"pluck":                  {`{{ pluck "a" (dict "a" 1) (dict "a" 2) | join "," }}`, "1,2"},
		"plural":                 {`{{ plural "one" "many" 2 }}`, "many"},
		"prepend":                {`{{ prepend (list 2) 1 | join "," }}`, "1,2"},
		"quote":                  {`{{ quote "a" }}`, `"a"`},
		"regexFind":              {`{{ regexFind "b+" "abbc" }}`, "bb"},
		"regexFindAll":           {`{{ regexFindAll "[a-z]" "a1b2" -1 | join "," }}`, "a,b"},
		"regexMatch":             {`{{ regexMatch "^a" "abc" }}`, "true"},
		"regexQuoteMeta":         {`{{ regexQuoteMeta "a.b" }}`, `a\.b`},
		"regexReplaceAll":        {`{{ regexReplaceAll "(b)" "abc" "<$1>" }}`, "a<b>c"},
		"regexReplaceAllLiteral": {`{{ regexReplaceAllLiteral "b" "abc" "$1" }}`, "a$1c"},
		"regexSplit":             {`{{ regexSplit "," "a,b" -1 | join "+" }}`, "a+b"},
		"repeat":                 {`{{ repeat 3 "a" }}`, "aaa"},
		"replace":                {`{{ "a_b" | replace "_" "-" }}`, "a-b"},
		"rest":                   {`{{ rest (list 1 2 3) | join "," }}`, "2,3"},
		"reverse":                {`{{ reverse (list 1 2) | join "," }}`, "2,1"},
		"round":                  {`{{ round 1.256 2 }}`, "1.26"},
		"seq":                    {`{{ seq 1 2 5 }}`, "1 3 5"},
		"snakecase":              {`{{ snakecase "OrderID" }}`, "order_id"},
		"sortAlpha":              {`{{ sortAlpha (list "b" "a") | join "," }}`, "a,b"},
		"split":                  {`{{ range $k, $v := split "," "a,b" }}{{ $k }}{{ $v }}{{ end }}`, "_0a_1b"},
		"splitList":              {`{{ splitList "," "a,b" | join "+" }}`, "a+b"},
		"splitn":                 {`{{ (splitn "," 2 "a,b,c")._1 }}`, "b,c"},
		"squote":                 {`{{ squote "a" }}`, "'a'"},
		"sub":                    {`{{ sub 3 1 }}`, "2"},
		"subf":                   {`{{ subf 3 1.5 }}`, "1.5"},
		"substr":                 {`{{ substr 0 2 "abc" }}`, "ab"},
		"swapcase":               {`{{ swapcase "aB" }}`, "Ab"},
		"ternary":                {`{{ ternary "a" "b" true }}`, "a"},
		"title":                  {`{{ title "a b" }}`, "A B"},
		"toJson":                 {`{{ toJson (dict "b" 1 "a" "<") }}`, `{"a":"\u003c","b":1}`},
		"toRawJson":              {`{{ toRawJson (dict "a" "<") }}`, `{"a":"<"}`},
		"toString":               {`{{ toString 1 }}`, "1"},
		"toStrings":              {`{{ toStrings (list 1 2) | join "," }}`, "1,2"},
		"trim":                   {`{{ trim " a " }}`, "a"},
		"trimAll":                {`{{ trimAll "$" "$a$" }}`, "a"},
		"trimPrefix":             {`{{ trimPrefix "a" "ab" }}`, "b"},
		"trimSuffix":             {`{{ trimSuffix "b" "ab" }}`, "a"},
		"trunc":                  {`{{ trunc 2 "abc" }}`, "ab"},
		"uniq":                   {`{{ uniq (list 1 1 2) | join "," }}`, "1,2"},
		"until":                  {`{{ until 3 | join "," }}`, "0,1,2"},
		"untilStep":              {`{{ untilStep 0 6 2 | join "," }}`, "0,2,4"},
		"untitle":                {`{{ untitle "Ab" }}`, "ab"},
		"upper":                  {`{{ upper "a" }}`, "A"},
		"values":                 {`{{ values (dict "b" 1 "a" 2) | join "," }}`, "2,1"},
		"without":                {`{{ without (list 1 2) 1 | join "," }}`, "2"},
		"wrap":                   {`{{ wrap 3 "aa bb" }}`, "aa\nbb"},
		"wrapWith":               {`{{ wrapWith 3 "|" "aa bb" }}`, "aa|bb"},
	}
	for _, name := range slices.Sorted(maps.Keys(allowedFunctions)) {
		tc, ok := tests[name]
		if !ok {
			t.Errorf("no use of %q is shown", name)
			continue
		}
		got, diags := render(t, map[string]string{"models/m": tc.text})
		if len(diags) > 0 {
			t.Errorf("%s: %q", tc.text, messages(diags))
			continue
		}
		if diff := cmp.Diff(tc.want, show(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.text, diff)
		}
	}
}
