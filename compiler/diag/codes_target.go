package diag

// Codes of targets (E07).
const (
	UnknownTarget Code = "E0701"
)

var targetTitles = map[Code]string{
	UnknownTarget: "a target is not declared",
}
