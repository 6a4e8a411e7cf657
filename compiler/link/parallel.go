package link

import (
	"runtime"
	"sync"
)

// minShare is the number of nodes for which another goroutine pays.
const minShare = 500

// share is a range of nodes.
type share struct {
	from, to int
}

// split divides n nodes into as many shares as there are processors to use, at least one.
func split(n int) []share {
	count := max(1, min(runtime.GOMAXPROCS(0), n/minShare))
	shares := make([]share, count)
	for i := range shares {
		shares[i] = share{from: i * n / count, to: (i + 1) * n / count}
	}
	return shares
}

// inParallel does the work of all shares and waits for them.
func inParallel(shares []share, do func(i int, s share)) {
	var wg sync.WaitGroup
	for i, s := range shares[1:] {
		wg.Go(func() { do(i+1, s) })
	}
	do(0, shares[0])
	wg.Wait()
}
