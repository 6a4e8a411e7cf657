package diag

// Codes of tests and runs (E06).
const (
	TestFailed Code = "E0601"
)

var runTitles = map[Code]string{
	TestFailed: "a test found wrong rows",
}
