// Package all names every adapter that is part of Quern.
//
// It takes nothing and gives the registry that commands open targets with. It refuses nothing.
package all

import "github.com/quernsql/quern/adapters"

// Registry gives the adapters by the `type` of a target.
func Registry() map[string]adapters.Adapter {
	return map[string]adapters.Adapter{}
}
