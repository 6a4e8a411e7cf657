package project

import "github.com/quernsql/quern/compiler/diag"

// trouble is something the fast parser found wrong.
type trouble struct {
	code          diag.Code
	start, end    int
	message, hint string
}

type fastParser struct{ trouble *trouble }

func (p *fastParser) parse(d *doc) bool { return false }
