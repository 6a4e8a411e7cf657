package diag

// Codes of names and the graph (E02).
const (
	DuplicateName   Code = "E0201"
	Cycle           Code = "E0202"
	UnknownRef      Code = "E0203"
	UnknownSource   Code = "E0204"
	SelfRef         Code = "E0205"
	UnknownTest     Code = "E0206"
	BadTestArgument Code = "E0207"
	TestPlace       Code = "E0208"

	LateTest Code = "W0201"
)

var linkTitles = map[Code]string{
	DuplicateName:   "two things have one name",
	Cycle:           "models depend on each other in a circle",
	UnknownRef:      "a ref names no model or seed",
	UnknownSource:   "a source is not declared",
	SelfRef:         "a model reads itself",
	UnknownTest:     "a test in YAML does not exist",
	BadTestArgument: "an argument of a test is missing, unknown or wrong",
	TestPlace:       "a test of columns stands on a relation, or the other way round",
	LateTest:        "a test can only run after what it tests is published",
}
