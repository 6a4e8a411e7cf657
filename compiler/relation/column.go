package relation

// IsSameColumn reports whether two names are those of one column. The case of the letters a to z does not count; that
// of others does, since no engine folds them.
func IsSameColumn(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
