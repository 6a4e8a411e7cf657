package diag

// Codes of project files (E01).
const (
	InvalidYAML         Code = "E0101"
	UnknownKey          Code = "E0102"
	WrongType           Code = "E0103"
	DuplicateKey        Code = "E0104"
	MisplacedKey        Code = "E0105"
	NotAvailable        Code = "E0106"
	MissingKey          Code = "E0107"
	InvalidValue        Code = "E0108"
	TabIndent           Code = "E0109"
	KeySetTwice         Code = "E0110"
	NothingToDescribe   Code = "E0111"
	UnknownFolder       Code = "E0112"
	UnknownGroup        Code = "E0113"
	InvalidName         Code = "E0114"
	EmptyFile           Code = "E0115"
	UnclosedFrontMatter Code = "E0116"
	CommentEnd          Code = "E0117"
	FrontMatterPlace    Code = "E0118"
	ControlByte         Code = "E0119"
	NotUTF8             Code = "E0120"
	ManyDocuments       Code = "E0121"
	AliasLimit          Code = "E0122"
	WrongVersion        Code = "E0123"
	UnsetVariable       Code = "E0125"
	UnreadableFile      Code = "E0126"
	NotEditable         Code = "E0127"

	FileNotRead Code = "W0101"
	StaleLock   Code = "W0102"
)

var projectTitles = map[Code]string{
	InvalidYAML:         "a file is not valid YAML",
	UnknownKey:          "a key is not known here",
	WrongType:           "a value has the wrong type",
	DuplicateKey:        "a key stands twice",
	MisplacedKey:        "a key belongs elsewhere",
	NotAvailable:        "something is not available in this version",
	MissingKey:          "a key is missing",
	InvalidValue:        "a value cannot be used",
	TabIndent:           "YAML is indented with a tab",
	KeySetTwice:         "a key is set in two places",
	NothingToDescribe:   "YAML describes a model or seed that does not exist",
	UnknownFolder:       "a folder does not exist",
	UnknownGroup:        "a group is not declared",
	InvalidName:         "a name is not well formed",
	EmptyFile:           "a file holds no SQL",
	UnclosedFrontMatter: "front matter has no end",
	CommentEnd:          "front matter holds the end of a comment",
	FrontMatterPlace:    "front matter does not stand at the top",
	ControlByte:         "a file holds a control character",
	NotUTF8:             "a file is not UTF-8",
	ManyDocuments:       "a file holds several YAML documents",
	AliasLimit:          "aliases blow a file up",
	WrongVersion:        "the project requires another version",
	UnsetVariable:       "an environment variable is not set",
	UnreadableFile:      "a file cannot be read",
	NotEditable:         "columns cannot be written into a file",
	FileNotRead:         "a file is not read",
	StaleLock:           "sources.lock.yml names a source that is not declared",
}
