package project

// nouns are the ways in which a node is kept, as they stand in a sentence.
var nouns = map[string]string{
	"view": "a view", "table": "a table", "ephemeral": "an ephemeral model", "external": "an external file",
	"incremental": "an incremental table", "snapshot": "a snapshot", "seed": "a seed",
}

// Noun gives the word under which a node is kept as it stands in a sentence, such as "a table".
func Noun(kind string) string {
	if noun, ok := nouns[kind]; ok {
		return noun
	}
	return kind
}
