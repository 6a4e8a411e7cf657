package postgres

// crossJoins counts the relations that stand beside each other without a condition: for queries
// without WHERE. Functions and lateral subqueries are mostly meant so.
func (b *binder) crossJoins(n *selectStmt) {
	beside := 0
	for _, item := range n.FromClause {
		switch item := item.(type) {
		case *rangeVar, *joinExpr:
			beside++
		case *rangeSubselect:
			if !item.Lateral {
				beside++
			}
		}
	}
	if beside > 1 {
		b.facts.CrossJoins += beside - 1
	}
}
