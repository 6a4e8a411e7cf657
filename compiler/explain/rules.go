package explain

import (
	"regexp"
	"strings"
	"sync"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
)

// rule says what an error of an engine means. All conditions that are set must hold.
type rule struct {
	// kind and subtype are the engine's words.
	kind, subtype string
	// text matches the message; its first group is the name the error is about.
	text func() *regexp.Regexp
	code diag.Code
	// last says that the name the error is about is in the last group.
	last bool
	// say and hint replace the message and add what to do; $1 is what the first group matched. An
	// empty say keeps the engine's words.
	say, hint string
}

// match gives the groups that were found, the whole match first; nil where the rule does not fit.
func (r *rule) match(e *engine.Error) []string {
	if r.kind != "" && r.kind != e.Kind || r.subtype != "" && r.subtype != e.Subtype {
		return nil
	}
	if r.text == nil {
		return []string{"", e.Name}
	}
	return r.text().FindStringSubmatch(e.Message)
}

// like gives a pattern that is compiled when the first error is held against it: most runs have none.
func like(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?is)` + strings.ReplaceAll(pattern, `NAME`, `"?((?:[^"\s]|"")+|[^"]+?)"?`))
	})
}

// rules are tried in order.
var rules = []rule{
	{kind: "Undeclared", code: diag.Undeclared},
	{kind: "View", code: diag.ViewOfData},
	{
		text: like(`^cannot access (?:file|directory) "([^"]*)"`), code: diag.Undeclared,
		say: `the file "$1" is not declared`, hint: sourceOfFile,
	},
	{
		text: like(`file system operations are disabled`), code: diag.Undeclared,
		say: "the query reads files that the project does not declare", hint: sourceOfFile,
	},
	{
		text: like(`column NAME was not found because the from clause is missing`), code: diag.MissingFrom,
		say: `column "$1" is read without a table`, hint: "add a from clause, or write the text in single quotes",
	},
	{
		text: like(`^(?:table|values list) "([^"]*)" (?:has no column|does not have a column named) "([^"]*)"`),
		code: diag.ColumnNotFound, last: true, say: `column "$2" not found in "$1"`,
	},
	{
		text: like(`^column "([^"]*)" (?:in (?:exclude|replace|rename) list )?not found`), code: diag.ColumnNotFound,
		say: `column "$1" not found`,
	},
	{
		text: like(`^column NAME does not exist on (?:left|right) side of join`), code: diag.ColumnNotFound,
		say: `column "$1" of using is not on both sides of the join`,
	},
	{subtype: "COLUMN_NOT_FOUND", code: diag.ColumnNotFound, say: `column "$1" not found`},
	{
		text: like(`^ambiguous reference to column name NAME \(use: (.*)\)`), code: diag.AmbiguousColumn,
		say: `column "$1" is in more than one table`, hint: "write $2",
	},
	{
		text: like(`^ambiguous reference to table NAME \(`), code: diag.DuplicateAlias,
		say: `two tables have the alias "$1"`, hint: "give each table an alias of its own",
	},
	{
		text: like(`^duplicate (?:alias|cte name) NAME`), code: diag.DuplicateAlias,
		say: `the name "$1" stands twice`, hint: "give one of them another name",
	},
	{text: like(`^two columns are called NAME$`), code: diag.DuplicateAlias},
	{
		text: like(`^referenced table NAME not found`), code: diag.TableNotFound,
		say: `no table or alias "$1" is in the from clause`,
	},
	{
		text: like(`^table with name "?([^"]*?)"? does not exist because schema "?([^"]*?)"? does not exist`), code: diag.SchemaNotFound,
		say: `the schema "$2" of "$1" does not exist`, hint: "read models with {{ ref }} and other tables as sources",
	},
	{
		text: like(`^(?:catalog|schema|database) (?:with name )?NAME does not exist`), code: diag.SchemaNotFound,
		say: `the database or schema "$1" does not exist`, hint: "name an attached database under attach in the target",
	},
	{
		text: like(`^(?:table|view)(?: with name)? NAME does not exist`), code: diag.TableNotFound,
		say: `table "$1" not found`,
	},
	{
		text: like(`^(?:scalar |aggregate |table |macro )*function(?: with name)? NAME (?:does not exist|is not in the catalog)`), code: diag.FunctionNotFound,
		say: `function "$1" not found`,
	},
	{text: like(`^type(?: with name)? NAME does not exist`), code: diag.TypeNotFound, say: `type "$1" not found`},
	{text: like(`configuration parameter NAME`), code: diag.SettingNotFound, say: `setting "$1" not found`},
	{
		subtype: "NO_MATCHING_FUNCTION", text: like(`argument types '([^(]+)\((.*?)\)'`), code: diag.ArgumentTypes,
		say: `"$1" does not take ($2)`, hint: "cast the arguments to the types it takes",
	},
	{
		text: like(`no function matches the given name and argument types '([^(]+)\((.*?)\)'`), code: diag.ArgumentTypes,
		say: `"$1" does not take ($2)`, hint: "cast the arguments to the types it takes",
	},
	{
		text: like(`could not choose a best candidate function for the function call "([^(]+)\((.*?)\)"`), code: diag.ArgumentTypes,
		say: `"$1" does not take ($2)`, hint: "cast the arguments to the types it takes",
	},
	{
		text: like(`^column NAME must appear in the group by clause`), code: diag.NotGrouped,
		say: `column "$1" is neither grouped nor aggregated`, hint: `add it to group by, or write any_value($1)`,
	},
	{text: like(`^could not find key NAME in struct`), code: diag.FieldNotFound, say: `the struct has no field "$1"`},
	{
		text: like(`cannot contain (aggregates|window functions)`), code: diag.MisplacedAggregate,
		hint: "compute it in a subquery and filter there; having and qualify filter after it",
	},
	{
		text: like(`aggregate function calls cannot be nested|at least one window function must appear|cannot be nested`),
		code: diag.MisplacedAggregate, hint: "compute the inner one in a subquery",
	},
	{
		text: like(`^set operations can only apply to expressions with the same number`), code: diag.ColumnCount,
		say: "the queries have different numbers of columns", hint: "give both sides of the set operation the same columns",
	},
	{
		text: like(`^subquery returns (\d+) columns - expected (\d+)`), code: diag.ColumnCount,
		say: "the subquery gives $1 columns where $2 is expected",
	},
	{
		text: like(`(order|group by) term out of range - should be between (\d+) and (\d+)`), code: diag.TermOutOfRange,
		say: "the number in $1 names no column: there are $3",
	},
	{
		text: like(`more than one row returned by a subquery`), code: diag.TooManyRows,
		say: "a subquery used as a value gives more than one row", hint: "filter it to one row, or aggregate it",
	},
	{
		text: like(`^no files found that match the pattern "?([^"]*)"?`), code: diag.FileNotFound,
		say: `no file matches "$1"`, hint: "check the path under files of the source",
	},
	{
		kind: "Parser", text: like(`^syntax error at end of input`), code: diag.SyntaxError,
		say: "the SQL ends too early", hint: "something is missing at its end, such as a closing parenthesis",
	},
	{kind: "Parser", text: like(`^syntax error at or near "(.*)"$`), code: diag.SyntaxError, say: `syntax error at "$1"`},
	{
		kind: "Parser", text: like(`^unterminated (.*?) at or near`), code: diag.SyntaxError,
		say: "the $1 is not closed",
	},
	{
		text: like(`^infinite recursion detected: attempting to recursively bind view NAME`), code: diag.ViewReadsItself,
		say: `the view "$1" would read itself`, hint: diag.ReadElse,
	},
	{
		text: like(`max expression depth limit`), code: diag.TooDeep,
		say: "queries and views stand too deep in each other", hint: "make one of the models on the way a table",
	},
	{kind: "Parser", code: diag.SyntaxError},
	{subtype: "SYNTAX_ERROR", code: diag.SyntaxError},
	{
		text: like(`^cannot (?:mix|compare) values of type|an explicit cast is required`), code: diag.TypeMismatch,
		hint: "cast one side to the other's type",
	},
	{kind: "Mismatch Type", code: diag.TypeMismatch, hint: "cast one side to the other's type"},
	{
		kind: "Conversion", text: like(`when casting from source column NAME$`), code: diag.ConversionFailed,
		hint: "try_cast gives NULL where a value does not fit",
	},
	{kind: "Conversion", code: diag.ConversionFailed, hint: "try_cast gives NULL where a value does not fit"},
	{kind: "Out of Range", code: diag.OutOfRange, hint: "cast to a wider type first"},
	{kind: "Out of Memory", code: diag.OutOfResources},
	{kind: "Limit", code: diag.OutOfResources},
	{kind: "Constraint", code: diag.ConstraintBroken},
	{kind: "Not implemented", code: diag.NotSupported},
	{kind: "Invalid Input", code: diag.InvalidInput},
	{kind: "Catalog", subtype: "MISSING_ENTRY", code: diag.TableNotFound},
}
