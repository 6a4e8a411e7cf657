package diag

// Codes of queries that are bound before anything runs (E0360 to E0369).
const (
	Undeclared       Code = "E0360"
	IncrementDiffers Code = "E0361"
	ViewOfData       Code = "E0363"

	NothingChecked Code = "W0362"
)

var bindTitles = map[Code]string{
	Undeclared:       "a query reads what the project does not declare",
	IncrementDiffers: "the branches of an incremental model give different columns",
	ViewOfData:       "the columns of a view come from the data",
	NothingChecked:   "the target's settings keep queries from being checked",
}
