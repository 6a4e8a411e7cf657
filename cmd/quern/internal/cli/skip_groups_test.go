//go:build cgo

package cli_test

import (
	"fmt"
	"strings"
)

// inGroup gives the key of the models that are published together: those that are marked, and what stands between
// them. What cannot be in a group ends it.
func (p *past) inGroup() map[int]string {
	in, out := map[int]bool{}, map[int]string{}
	can := func(i int) bool { return p.models[i].kind == "table" || p.models[i].kind == "view" }
	for i, m := range p.models {
		in[i] = m.together && can(i)
	}
	for again := true; again; {
		again = false
		for x, m := range p.models {
			above := p.reach(x, func(i int) []int { return p.readBy(i) })
			below := p.reach(x, func(i int) []int { return p.readersOf(i) })
			between := anyOf(above, in) && anyOf(below, in)
			switch {
			case in[x] || !between || m.kind == "ephemeral":
			case can(x):
				in[x], again = true, true
			default:
				for i := range below {
					in[i] = false
				}
				again = true
			}
		}
	}
	for i := range p.models {
		if in[i] {
			out[i] = "publish_group: together\n"
		}
	}
	return out
}

func anyOf(some, in map[int]bool) bool {
	for i := range some {
		if in[i] {
			return true
		}
	}
	return false
}

// reach gives the models that can be reached from one.
func (p *past) reach(from int, next func(int) []int) map[int]bool {
	out := map[int]bool{}
	queue := next(from)
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		if !out[i] {
			out[i] = true
			queue = append(queue, next(i)...)
		}
	}
	return out
}

func (p *past) readBy(i int) (out []int) {
	for _, read := range p.models[i].reads {
		var n int
		if _, err := fmt.Sscanf(strings.TrimSpace(read), `{{ ref "m%d" }}`, &n); err == nil {
			out = append(out, n)
		}
	}
	return out
}

func (p *past) readersOf(i int) (out []int) {
	for k := range p.models {
		for _, n := range p.readBy(k) {
			if n == i {
				out = append(out, k)
			}
		}
	}
	return out
}
