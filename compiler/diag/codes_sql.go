package diag

// Codes of SQL (E03).
const (
	ColumnNotFound     Code = "E0301"
	TableNotFound      Code = "E0302"
	SyntaxError        Code = "E0303"
	FunctionNotFound   Code = "E0304"
	ArgumentTypes      Code = "E0305"
	AmbiguousColumn    Code = "E0306"
	MissingFrom        Code = "E0307"
	NotGrouped         Code = "E0308"
	DuplicateAlias     Code = "E0309"
	MisplacedAggregate Code = "E0310"
	TypeMismatch       Code = "E0311"
	ConversionFailed   Code = "E0312"
	OutOfRange         Code = "E0313"
	TypeNotFound       Code = "E0314"
	SchemaNotFound     Code = "E0315"
	ColumnCount        Code = "E0316"
	TermOutOfRange     Code = "E0317"
	FileNotFound       Code = "E0318"
	FieldNotFound      Code = "E0319"
	SettingNotFound    Code = "E0320"
	InvalidInput       Code = "E0321"
	NotSupported       Code = "E0322"
	OutOfResources     Code = "E0323"
	ConstraintBroken   Code = "E0324"
	TooManyRows        Code = "E0325"
	TooDeep            Code = "E0326"
	EngineRefused      Code = "E0349"

	EmptyQuery        Code = "E0350"
	SeveralStatements Code = "E0351"
	NotAQuery         Code = "E0352"
	EmptyExpression   Code = "E0353"
	Unbalanced        Code = "E0354"
	TooMuchSQL        Code = "E0355"
)

var sqlTitles = map[Code]string{
	ColumnNotFound:     "a column does not exist",
	TableNotFound:      "a table does not exist",
	SyntaxError:        "the SQL cannot be parsed",
	FunctionNotFound:   "a function does not exist",
	ArgumentTypes:      "a function or operator does not take such arguments",
	AmbiguousColumn:    "a column's name fits several tables",
	MissingFrom:        "a column is read without a table",
	NotGrouped:         "a column is neither grouped nor aggregated",
	DuplicateAlias:     "two tables or columns have one name",
	MisplacedAggregate: "an aggregate or a window function stands where none may",
	TypeMismatch:       "values of different types are put together",
	ConversionFailed:   "a value cannot be converted",
	OutOfRange:         "a value is out of range",
	TypeNotFound:       "a type does not exist",
	SchemaNotFound:     "a schema or a database does not exist",
	ColumnCount:        "queries have different numbers of columns",
	TermOutOfRange:     "a number in order by or group by names no column",
	FileNotFound:       "no file has the path or pattern",
	FieldNotFound:      "a struct has no such field",
	SettingNotFound:    "a setting does not exist",
	InvalidInput:       "a function refuses a value",
	NotSupported:       "the engine cannot do this",
	OutOfResources:     "the engine ran out of memory or disk",
	ConstraintBroken:   "a row breaks a constraint",
	TooManyRows:        "a subquery gives more than one row",
	TooDeep:            "queries stand too deep in each other",
	EngineRefused:      "the engine refused the statement",

	EmptyQuery:        "a file holds no query",
	SeveralStatements: "a file holds more than one statement",
	NotAQuery:         "a file holds a statement that gives no rows",
	EmptyExpression:   "an expression is empty",
	Unbalanced:        "an expression's parentheses do not match",
	TooMuchSQL:        "ephemeral models make a query too long",
}
