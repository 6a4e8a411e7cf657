package diag

// Codes of targets (E07).
const (
	UnknownTarget Code = "E0701"
	TargetSetting Code = "E0702"
	TargetRefused Code = "E0703"
	TargetLocked  Code = "E0704"
	TargetNoFiles Code = "E0706"
	StateNewer    Code = "E0707"
	StateDamaged  Code = "E0708"
	StateRows     Code = "W0709"
	PlanOutdated  Code = "E0710"

	NotInEnvironment Code = "E0711"
	NoEnvironment    Code = "E0712"
	NotAnEnvironment Code = "E0713"
)

var targetTitles = map[Code]string{
	UnknownTarget: "a target is not declared",
	TargetSetting: "a key of a target is wrong",
	TargetRefused: "a target cannot be opened",
	TargetLocked:  "a target is in use by another process",
	TargetNoFiles: "a target reads and writes no files",
	StateNewer:    "the state of a target was written by a newer Quern",
	StateDamaged:  "the tables of the state of a target are damaged",
	PlanOutdated:  "a saved plan no longer holds",
	StateRows:     "rows of the state of a target cannot be read",

	NotInEnvironment: "a model cannot be built in an environment",
	NoEnvironment:    "there is no such environment",
	NotAnEnvironment: "a file has the name of an environment and is none",
}
