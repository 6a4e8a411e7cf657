package duckdb

// factFinder collects on the way what lints look at.
type factFinder struct{}

func (*factFinder) connect(*fold, []int32)           {}
func (*factFinder) cross(*fold, sides)               {}
func (*factFinder) join(*fold, int32, sides, string) {}
