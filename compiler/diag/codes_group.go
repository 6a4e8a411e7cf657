package diag

// Codes of models that are published together (E028, E063).
const (
	GroupTorn   Code = "E0280"
	GroupGrows  Code = "E0281"
	GroupHidden Code = "E0630"

	GroupOfOne    Code = "W0280"
	GroupNotWhole Code = "W0630"
)

var groupTitles = map[Code]string{
	GroupTorn:     "what is built outside a publish group stands between two of its models",
	GroupGrows:    "a model reads new rows that come with its publish group",
	GroupHidden:   "a model reads another one of its publish group through a view that is not selected",
	GroupOfOne:    "a publish group has one model",
	GroupNotWhole: "a model of a publish group is not selected",
}
