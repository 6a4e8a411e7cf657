package link

import "maps"

// BuiltInArguments gives the arguments that this package knows of built-in tests.
func BuiltInArguments() map[string][]string {
	out := map[string][]string{}
	for test, shapes := range builtInShapes {
		for name := range maps.Keys(shapes) {
			out[test] = append(out[test], name)
		}
	}
	for test, names := range builtInChoices {
		out[test] = append(out[test], names...)
	}
	return out
}
