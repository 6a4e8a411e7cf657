package diag

// Codes of usage (E08).
const (
	UnknownSelection Code = "E0801"
)

var usageTitles = map[Code]string{
	UnknownSelection: "a selection names something that does not exist",
}
