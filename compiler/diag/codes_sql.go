package diag

// Codes of SQL (E03).
const (
	ColumnNotFound Code = "E0301"
	TableNotFound  Code = "E0302"
	SyntaxError    Code = "E0303"
)

var sqlTitles = map[Code]string{
	ColumnNotFound: "a column does not exist",
	TableNotFound:  "a table does not exist",
	SyntaxError:    "the SQL cannot be parsed",
}
