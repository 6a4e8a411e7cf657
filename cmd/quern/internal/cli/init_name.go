package cli

import "strings"

// nextCommands are the two commands to go on with.
func nextCommands(here bool, dir string) []string {
	if here {
		return []string{"quern build", "quern show daily_takings"}
	}
	if strings.ContainsFunc(dir, func(r rune) bool { return !plainInShell(r) }) {
		dir = `"` + dir + `"`
	}
	return []string{"cd " + dir, "quern build"}
}

func plainInShell(r rune) bool {
	return r > 127 || isNameByte(r) || strings.ContainsRune(`-./\:~`, r)
}

func isNameByte(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
}

// maxProjectName is the longest name of a project made by init, in bytes.
const maxProjectName = 50

// projectName gives the name of the project in a folder: the folder's, with _ for what a name cannot
// hold.
func projectName(folder string) string {
	var b strings.Builder
	gap := false
	for _, r := range folder {
		if !isNameByte(r) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('_')
		}
		gap = false
		b.WriteRune(r)
	}
	name := strings.Trim(b.String(), "_")
	if name == "" {
		return "mill"
	}
	if c := name[0]; c >= '0' && c <= '9' {
		name = "project_" + name
	}
	return strings.TrimRight(name[:min(len(name), maxProjectName)], "_")
}
