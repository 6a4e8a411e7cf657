package diag

// Codes of usage (E08).
const (
	UnknownSelection Code = "E0801"
	UnknownCommand   Code = "E0802"
	UnknownFlag      Code = "E0803"
	BadFlagValue     Code = "E0804"
	WrongArguments   Code = "E0805"
	NoProject        Code = "E0806"

	// InvalidSelection and following belong to selections.
	InvalidSelection     Code = "E0811"
	SelectorRecursion    Code = "E0812"
	SelectionUnavailable Code = "E0813"
	EmptySelection       Code = "W0801"

	// FileInTheWay and following belong to init and show.
	FileInTheWay Code = "E0821"
	UnknownNode  Code = "E0822"
	NoRows       Code = "E0823"

	// UnknownColumn and following belong to lineage.
	UnknownColumn Code = "E0831"
)

var usageTitles = map[Code]string{
	UnknownSelection: "a selection names something that does not exist",
	UnknownCommand:   "a command does not exist",
	UnknownFlag:      "a flag does not exist",
	BadFlagValue:     "a flag has a value that it cannot take",
	WrongArguments:   "a command has the wrong arguments",
	NoProject:        "there is no project here",

	InvalidSelection:     "a selection cannot be read",
	SelectorRecursion:    "a selector selects by itself",
	SelectionUnavailable: "a way to select is not available in this version",
	EmptySelection:       "a selection comes to nothing",

	FileInTheWay: "a new project would overwrite a file",
	UnknownNode:  "a name on the command line is no node of the project",
	NoRows:       "a node has no rows that could be shown",

	UnknownColumn: "a name on the command line is no column of the node",
}
