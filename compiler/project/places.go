package project

import "github.com/quernsql/quern/compiler/source"

// KeyPlaces are where the keys of a model are: MaterializedAt is the place of "materialized", KeysAt those of all keys
// of a model that keeps rows. What is not set has none.
type KeyPlaces struct {
	MaterializedAt source.Span
	KeysAt         map[string]source.Span
}

// KeyAt gives the place of the first of some keys that is set, else that of "materialized" or of the model.
func (m *Model) KeyAt(keys ...string) source.Span {
	for _, key := range keys {
		if at := m.KeysAt[key]; !at.IsZero() {
			return at
		}
	}
	if !m.MaterializedAt.IsZero() {
		return m.MaterializedAt
	}
	return m.NameSpan
}

// keepPlaces notes where keys of the model are.
func (m *Model) keepPlaces(set []setKey) {
	if s := findKey(set, "materialized"); s != nil {
		m.MaterializedAt = s.span
	}
	if m.Materialized != Incremental && m.Materialized != Snapshot {
		return
	}
	m.KeysAt = make(map[string]source.Span, len(set))
	for _, s := range set {
		m.KeysAt[s.name] = s.span
	}
}
