package duckdb

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/quernsql/quern/compiler/engine"
)

// transientKinds are kinds of errors that may be gone at the next try.
var transientKinds = map[string]bool{"TransactionContext": true, "HTTP": true, "Network": true}

// report is what DuckDB says with errors_as_json.
type report struct {
	kind, message, subtype, name, objectType, candidates string
	position                                             int
}

func cancelled(ctx context.Context) *engine.Error {
	return &engine.Error{
		Class: engine.Cancelled, Kind: "Interrupt", Message: "the statement was cancelled",
		Position: -1, Cause: context.Cause(ctx),
	}
}

// parseReport reads the forms DuckDB writes: JSON, JSON after "Parser Error: ", and plain text with
// an excerpt of the statement.
func parseReport(text string) report {
	kind, rest := cutKind(text)
	if r, ok := parseJSON(rest); ok {
		if inner := nested(r.message); inner != nil {
			return *inner
		}
		return r
	}
	if at := strings.Index(rest, "\n\nLINE "); at >= 0 {
		rest = rest[:at]
	}
	return report{kind: kind, message: rest, position: -1}
}

// cutKind takes "Binder Error: " off a text.
func cutKind(text string) (kind, rest string) {
	before, after, ok := strings.Cut(text, " Error: ")
	if !ok || len(before) > 40 || strings.ContainsAny(before, "{\"\n:") {
		return "", text
	}
	return before, after
}

func parseJSON(text string) (report, bool) {
	var fields map[string]string
	start := strings.IndexByte(text, '{')
	if start < 0 || strings.TrimSpace(text[:start]) != "" {
		return report{}, false
	}
	if err := json.NewDecoder(strings.NewReader(text[start:])).Decode(&fields); err != nil {
		return report{}, false
	}
	r := report{
		kind: fields["exception_type"], message: fields["exception_message"],
		subtype: fields["error_subtype"], name: fields["name"],
		objectType: fields["type"], candidates: fields["candidates"], position: -1,
	}
	if n, err := strconv.Atoi(fields["position"]); err == nil {
		r.position = n
	}
	return r, r.message != ""
}

// inBytes turns the position of a mistake of syntax into bytes: the parser alone counts characters.
func (r report) inBytes(statement string) report {
	if r.subtype != "SYNTAX_ERROR" || r.position <= 0 {
		return r
	}
	left := r.position
	for at := range statement {
		if left == 0 {
			r.position = at
			return r
		}
		left--
	}
	r.position = len(statement)
	return r
}

// nested gives the report inside a message, which DuckDB writes where one error wraps another. Its
// position counts in some other text.
func nested(message string) *report {
	at := strings.Index(message, `{"exception_type"`)
	if at < 0 {
		return nil
	}
	r, ok := parseJSON(message[at:])
	if !ok {
		return nil
	}
	before, _ := strings.CutSuffix(strings.TrimRight(message[:at], " "), ":")
	if _, rest := cutKind(before + " "); strings.TrimSpace(rest) != "" && !strings.HasSuffix(before, "Error") {
		r.message = strings.TrimSpace(rest) + ": " + r.message
	}
	r.position = -1
	return &r
}

// toError makes the error people see. The position is still that of the statement.
func (r report) toError() *engine.Error {
	e := &engine.Error{
		Class: engine.Permanent, Kind: r.kind, Subtype: r.subtype,
		Position: r.position, Name: r.name, Candidates: splitCandidates(r.candidates),
	}
	if transientKinds[r.kind] && !r.lasts() {
		e.Class = engine.Transient
	}
	e.Hint = hintFor(r)
	e.Message = r.cleanMessage(e)
	r.broken(e)
	if message, advice, ok := strings.Cut(e.Message, "\nEither "); ok {
		e.Message, e.Hint = tidy(message), "either "+advice
	}
	return e
}

// broken says of an error that it, or one before it, ended the database: nothing works until it is opened anew.
func (r report) broken(e *engine.Error) {
	_, first, _ := strings.Cut(r.message, "Original error: ")
	first = tidy(strings.Trim(first, `"`))
	switch {
	case strings.Contains(r.message, "has been invalidated because"):
		e.Class, e.Message, e.Hint = engine.Stopped, "DuckDB stopped after an error", ""
		if first != "" {
			e.Message += ": " + first
		}
		return
	case strings.Contains(r.message, "The database has been invalidated"):
		e.Message = "the checkpoint of the database failed: " + first
	case r.kind == "INTERNAL":
		e.Message = "DuckDB failed inside: " + e.Message
		e.Hint = "this is a fault of DuckDB that may not come again: try once more, or write the query in another way"
	case r.kind != "FATAL":
		return
	}
	e.Class = engine.Broken
}

// lasting are reasons that stay until somebody does something.
var lasting = []string{"No space left", "File too large", "uota exceeded", "ermission denied", "ead-only file system"}

// lasts reports whether the next try would end like this one, also where a commit failed.
func (r report) lasts() bool {
	return slices.ContainsFunc(lasting, func(reason string) bool { return strings.Contains(r.message, reason) })
}

// pattern gives a regular expression that is compiled when it is first used: most runs use none.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

var (
	missingColumn = pattern(`^Table "(.*)" does not have a column named "(.*)"`)
	inExtension   = pattern(`^(?:Scalar |Aggregate )?((?:Table |Macro )?\w+) with name "?([^"]*?)"? (is not in the catalog, but it exists in the .* extension)`)
	notLoaded     = pattern(`^Extension ".*?(\w+)\.duckdb_extension" not found`)
	csvRow        = pattern(`^CSV Error on Line: (\d+)\nOriginal Line:[^\n]*\n([^\n]+)`)
	csvFile       = pattern(`\n\s*file = ([^\n]+)`)
	quotedNames   = pattern(`"((?:[^"]|"")+)"`)
	candidateTail = pattern(`(?s)\n+\s*(Candidate \w+:|Did you mean:?) ?:?(.*)$`)
)

// cleanMessage writes the frequent cases in our own words and tidies DuckDB's for the others. Names
// it finds on the way go into e.
func (r report) cleanMessage(e *engine.Error) string {
	message := strings.ReplaceAll(scrub(r.message), catalog+".", "")
	if tail := candidateTail().FindStringSubmatch(message); tail != nil {
		message = strings.TrimSuffix(message, tail[0])
		if e.Candidates == nil {
			for _, m := range quotedNames().FindAllStringSubmatch(tail[2], -1) {
				e.Candidates = append(e.Candidates, m[1])
			}
		}
	}
	if m := csvRow().FindStringSubmatch(message); m != nil {
		e.Hint = "correct the file, or load it as a seed, which takes types by column and checks every row first"
		return csvMessage(m, message)
	}
	message, _, _ = strings.Cut(message, "\n\n")
	if m := notLoaded().FindStringSubmatch(message); m != nil {
		return `the extension "` + m[1] + `" is not loaded`
	}
	if m := inExtension().FindStringSubmatch(message); m != nil {
		e.Name = m[2]
		return strings.ToLower(m[1]) + ` "` + m[2] + `" ` + m[3]
	}
	if m := missingColumn().FindStringSubmatch(message); m != nil {
		e.Name, e.Subtype = m[2], "COLUMN_NOT_FOUND"
		return `table "` + m[1] + `" has no column "` + m[2] + `"`
	}
	e.Candidates = dropSystem(e.Candidates, r)
	switch r.subtype {
	case "COLUMN_NOT_FOUND":
		if strings.Contains(message, "FROM clause is missing") {
			return tidy(message)
		}
		return `column "` + r.name + `" not found`
	case "MISSING_ENTRY":
		if r.objectType != "" {
			return objectWord(r.objectType) + ` "` + r.name + `" does not exist`
		}
	}
	return tidy(message)
}

// csvMessage says in which row of which file read_csv found something wrong.
func csvMessage(row []string, message string) string {
	at := "line " + row[1]
	if file := csvFile().FindStringSubmatch(message); file != nil {
		at += " of " + file[1]
	}
	return at + " cannot be read: " + tidy(strings.ReplaceAll(row[2], ". Could", ": could"))
}

func objectWord(objectType string) string {
	word := strings.ToLower(objectType)
	if word == "scalar function" {
		return "function"
	}
	return word
}

// dropSystem leaves out tables of the engine's own schemas, which DuckDB likes to propose.
func dropSystem(candidates []string, r report) []string {
	var out []string
	for _, c := range candidates {
		c = strings.TrimPrefix(c, catalog+".")
		own := strings.HasPrefix(c, "pg_") || strings.HasPrefix(c, "information_schema.") ||
			strings.HasPrefix(c, "duckdb_") || strings.HasPrefix(c, "sqlite_")
		if r.objectType == "Table" && own {
			continue
		}
		out = append(out, c)
	}
	return out
}

// splitCandidates splits at commas that stand in no parentheses: signatures have commas too.
func splitCandidates(list string) []string {
	var out []string
	depth, start := 0, 0
	for i := range len(list) {
		switch list[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(list[start:i]))
				start = i + 1
			}
		}
	}
	if rest := strings.TrimSpace(list[start:]); rest != "" {
		out = append(out, rest)
	}
	return out
}

// tidy starts with a small letter, unless the first word is a name, and ends without a stop.
func tidy(message string) string {
	message = strings.TrimRight(strings.TrimSpace(message), "!.")
	first, size := utf8.DecodeRuneInString(message)
	second, _ := utf8.DecodeRuneInString(message[size:])
	if unicode.IsUpper(first) && (unicode.IsLower(second) || second == ' ') {
		return string(unicode.ToLower(first)) + message[size:]
	}
	return message
}

var (
	namedSecret = pattern(`(?i)\b([a-z_]*(?:password|passwd|pwd|token|secret|private_key|key_id|api_key)` +
		`(?:\s*[=:]\s*['"]?|\s+['"]))((?:[^'"\s,;)]|'')+)`)
	addressUser = pattern(`:/+[^/@\s'"]+@`)
)

// scrub takes out what looks like a secret: values after "password" and its like, users of addresses.
func scrub(message string) string {
	message = namedSecret().ReplaceAllString(message, "${1}***")
	return addressUser().ReplaceAllString(message, "://***@")
}

func hintFor(r report) string {
	for _, h := range hints {
		if strings.Contains(r.message, h.part) {
			return h.hint
		}
	}
	return ""
}

// hints say what to do where DuckDB does not, or says it for another tool.
var hints = []struct{ part, hint string }{
	{"is an existing extension", "name the extension's file under extensions in the target"},
	{"but it exists in the", "name the extension's file under extensions in the target"},
	{"Ambiguous reference to catalog or schema", "an attached database and a schema have one name: give the database another alias"},
	{"PIVOT statements with pivot elements extracted from the data", "list the values: pivot … on … in (…)"},
	{"Cannot execute statement of type", "the target is open for reading only"},
	{"Out of Memory", "raise memory_limit in the target, or name a temp_directory on a larger disk"},
	{"No space left", "make room on the disk, or name another temp_directory in the target"},
	{"File too large", "let files be larger, as with ulimit -f, or make them smaller"},
	{"uota exceeded", "make room in the quota, or name another temp_directory in the target"},
	{"to be a Parquet file", "look at the file: it is damaged, or another format than its name says"},
	{"No magic bytes found", "look at the file: it is damaged, or another format than its name says"},
	{"ead-only file system", "make the file and its folder writable, or change the path in the target"},
	{"annot open file", "look at the path, and at who may read and write there"},
	{"Conflict on ", "somebody else changed it at the same time; try again"},
	{"write-write conflict", "somebody else changed it at the same time; try again"},
}
