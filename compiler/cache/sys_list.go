//go:build !linux

package cache

import "os"

// list lists the folder by name.
func (f folder) list([]byte) ([]named, error) {
	entries, err := os.ReadDir(f.full)
	if err != nil {
		return nil, err
	}
	names := make([]named, len(entries))
	for i, e := range entries {
		names[i] = named{e.Name(), e.Type()}
	}
	sortNames(names)
	return names, nil
}
