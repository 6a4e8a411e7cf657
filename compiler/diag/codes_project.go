package diag

// Codes of project files (E01).
const (
	InvalidYAML  Code = "E0101"
	UnknownKey   Code = "E0102"
	WrongType    Code = "E0103"
	DuplicateKey Code = "E0104"
)

var projectTitles = map[Code]string{
	InvalidYAML:  "a file is not valid YAML",
	UnknownKey:   "a key is not known here",
	WrongType:    "a value has the wrong type",
	DuplicateKey: "a key stands twice",
}
