package duckdb

import (
	"path/filepath"
	"strings"
)

// base is the name under which the target of an environment is attached.
const base = "quern_base"

// beside makes the settings those of an environment, whose file lies beside that of the target.
func (s *settings) beside(environment string) error {
	if s.path == memory {
		return settingError("a database in memory has no environments").WithHint(
			`name a file in the target, or leave the environment out`)
	}
	s.base = s.path
	ext := filepath.Ext(s.base)
	s.path = strings.TrimSuffix(s.base, ext) + "__" + environment + ext
	return nil
}
