package diag

// Codes of templates (E04).
const (
	TemplateSyntax    Code = "E0401"
	UnknownFunction   Code = "E0402"
	WrongArity        Code = "E0403"
	BadArgument       Code = "E0404"
	ComputedRef       Code = "E0405"
	UnknownArgument   Code = "E0406"
	MacroRecursion    Code = "E0407"
	MacroName         Code = "E0408"
	UndeclaredVar     Code = "E0409"
	EnvVar            Code = "E0410"
	NotInTemplates    Code = "E0411"
	TemplateValue     Code = "E0412"
	TemplateLimit     Code = "E0413"
	ColumnsNotKnown   Code = "E0414"
	DamagedRelation   Code = "E0415"
	ForeignTemplate   Code = "E0416"
	TestArgument      Code = "E0417"
	UndeclaredReading Code = "E0418"
)

var templateTitles = map[Code]string{
	TemplateSyntax:    "a template cannot be parsed",
	UnknownFunction:   "a template calls a function that does not exist",
	WrongArity:        "a function is called with the wrong number of arguments",
	BadArgument:       "a function cannot take this argument",
	ComputedRef:       "a name that has to be known without running the template is computed",
	UnknownArgument:   "a template reads an argument that does not exist",
	MacroRecursion:    "a macro calls itself",
	MacroName:         "a macro takes a name that is in use",
	UndeclaredVar:     "a variable is not declared in quern.yml",
	EnvVar:            "an environment variable is not set, or may not be read",
	NotInTemplates:    "something is not available in templates",
	TemplateValue:     "a template came upon a value it cannot use",
	TemplateLimit:     "a template writes or works without end",
	ColumnsNotKnown:   "the columns of a relation are not known",
	DamagedRelation:   "the name of a relation was changed by a function",
	ForeignTemplate:   "a template is written in another tool's language",
	TestArgument:      "a test is used with wrong arguments",
	UndeclaredReading: "a template reads something it did not declare",
}
