package state

import (
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/project"
)

// Growth is what is known of how an incremental model came to its rows.
type Growth struct {
	// Code is the digest of the query for new rows and of the settings that say how they come in.
	Code fingerprint.Digest `json:"code"`
	// History are the digests of the queries of what was read and of all above it, by the node that was read.
	History map[project.ID]fingerprint.Digest `json:"history,omitempty"`
}
