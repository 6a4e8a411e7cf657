package diag

// Codes of tests and runs (E06).
const (
	TestFailed Code = "E0601"
	StepFailed Code = "E0602"
	TestWarned Code = "W0601"
)

var runTitles = map[Code]string{
	TestFailed: "a test found wrong rows",
	StepFailed: "a step could not be done",
	TestWarned: "a test found wrong rows and warns",
}
