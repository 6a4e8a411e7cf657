package diag

// Codes of data (E05).
const (
	BadCSV Code = "E0501"
)

var dataTitles = map[Code]string{
	BadCSV: "a CSV file has a row that cannot be read",
}
