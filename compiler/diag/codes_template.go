package diag

// Codes of templates (E04).
const (
	TemplateSyntax  Code = "E0401"
	UnknownFunction Code = "E0402"
)

var templateTitles = map[Code]string{
	TemplateSyntax:  "a template cannot be parsed",
	UnknownFunction: "a template calls a function that does not exist",
}
