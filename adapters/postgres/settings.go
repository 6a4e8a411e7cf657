package postgres

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
)

// settingChecks says how each key of a target is checked, by name.
var settingChecks = []struct {
	name  string
	check func(key string, value any) *engine.Error
}{
	{"connect_timeout", isSeconds},
	{"database", isText},
	{"host", isText},
	{"password", isPassword},
	{"port", isPort},
	{"sslcert", isText},
	{"sslkey", isText},
	{"sslmode", isSSLMode},
	{"sslrootcert", isText},
	{"state_schema", isText},
	{"url", isURL},
	{"user", isText},
}

// sslModes are those of PostgreSQL's own clients.
var sslModes = []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}

// besidesURL are the keys that may stand beside an address; the others are parts of it.
var besidesURL = []string{"connect_timeout", "password", "state_schema", "url"}

func settingNames() []string {
	names := make([]string, len(settingChecks))
	for i, s := range settingChecks {
		names[i] = s.name
	}
	return names
}

// checkSettings refuses settings that can never work.
func checkSettings(settings map[string]any) error {
	names := settingNames()
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if !slices.Contains(names, key) {
			return about(key, engine.Errorf("Settings", "the key %q is not known to PostgreSQL targets", key).
				WithHint("the keys are "+strings.Join(names, ", ")))
		}
	}
	_, hasURL := settings["url"]
	for _, s := range settingChecks {
		value, set := settings[s.name]
		if !set {
			continue
		}
		if e := s.check(s.name, value); e != nil {
			return about(s.name, e)
		}
		if hasURL && !slices.Contains(besidesURL, s.name) {
			return about(s.name, engine.Errorf("Settings", "%q stands beside \"url\"", s.name).
				WithHint("write it into the address, or leave the address out"))
		}
	}
	if hasURL {
		return nil
	}
	for _, name := range []string{"host", "database"} {
		if _, set := settings[name]; !set {
			return engine.Errorf("Settings", "the target names no %s", name).
				WithHint(`add "url: postgres://USER@HOST/DATABASE", or host, database, user and password`)
		}
	}
	return nil
}

// about names the key of the target that an error is about, so that it is shown there.
func about(key string, e *engine.Error) *engine.Error {
	e.Name = key
	return e
}

func isText(key string, value any) *engine.Error {
	if s, ok := value.(string); ok && s != "" {
		return nil
	}
	return engine.Errorf("Settings", "%q must be text", key).WithHint("put the value in quotes")
}

// isPassword knows that a password may be empty: then the server asks for none.
func isPassword(key string, value any) *engine.Error {
	if s, ok := value.(string); ok && s == "" {
		return nil
	}
	return isText(key, value)
}

func isPort(key string, value any) *engine.Error {
	if n, ok := value.(int64); ok && n > 0 && n < 1<<16 {
		return nil
	}
	return engine.Errorf("Settings", "%q must be a number from 1 to 65535", key).WithHint("the usual port is 5432")
}

func isSeconds(key string, value any) *engine.Error {
	if n, ok := value.(int64); ok && n >= 0 {
		return nil
	}
	return engine.Errorf("Settings", "%q must be a number of seconds", key)
}

func isSSLMode(key string, value any) *engine.Error {
	if s, ok := value.(string); ok && slices.Contains(sslModes, s) {
		return nil
	}
	return engine.Errorf("Settings", "%q has a value that is not known", key).
		WithHint("the values are " + strings.Join(sslModes, ", "))
}

// isURL never repeats the address, which may hold a password.
func isURL(key string, value any) *engine.Error {
	if s, ok := value.(string); ok {
		if u, err := url.Parse(s); err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") {
			return nil
		}
	}
	return engine.Errorf("Settings", "%q is no address of a PostgreSQL database", key).
		WithHint("write postgres://USER@HOST:PORT/DATABASE")
}
