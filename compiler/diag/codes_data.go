package diag

// Codes of data (E05).
const (
	BadCSV    Code = "E0501"
	EmptySeed Code = "E0502"

	UnreadableSource Code = "E0511"
)

var dataTitles = map[Code]string{
	EmptySeed: "a seed file is empty",

	UnreadableSource: "the columns of a source cannot be read",
	BadCSV:           "a CSV file has a row that cannot be read",
}
