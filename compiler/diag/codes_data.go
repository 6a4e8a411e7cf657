package diag

// Codes of data (E05).
const (
	BadCSV    Code = "E0501"
	EmptySeed Code = "E0502"

	UnreadableSource Code = "E0511"

	OneColumn Code = "W0501"
)

var dataTitles = map[Code]string{
	EmptySeed: "a seed file is empty",

	OneColumn: "a seed of one column looks like several",

	UnreadableSource: "the columns of a source cannot be read",
	BadCSV:           "a CSV file has a row that cannot be read",
}
