package diag

// Codes of names and the graph (E02).
const (
	DuplicateName Code = "E0201"
	Cycle         Code = "E0202"
	UnknownRef    Code = "E0203"
)

var linkTitles = map[Code]string{
	DuplicateName: "two nodes have one name",
	Cycle:         "models depend on each other in a circle",
	UnknownRef:    "a ref names no model or seed",
}
