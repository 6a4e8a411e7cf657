package dag

import (
	"iter"
	"math/bits"
	"slices"
)

// Set is a set of nodes, one bit each. Sets that are combined must be of one graph.
type Set []uint64

// NewSet gives an empty set for a graph of n nodes.
func NewSet(n int) Set { return make(Set, (n+63)/64) }

// Add puts a node into the set.
func (s Set) Add(i int) { s[i>>6] |= 1 << (i & 63) }

// Has reports whether a node is in the set; a number outside the graph is not.
func (s Set) Has(i int) bool { return i >= 0 && i>>6 < len(s) && s[i>>6]&(1<<(i&63)) != 0 }

// Union adds the nodes of another set.
func (s Set) Union(other Set) {
	for i, word := range other {
		s[i] |= word
	}
}

// Intersect keeps the nodes that are in the other set too.
func (s Set) Intersect(other Set) {
	for i, word := range other {
		s[i] &= word
	}
}

// Subtract takes the nodes of another set away.
func (s Set) Subtract(other Set) {
	for i, word := range other {
		s[i] &^= word
	}
}

// Clone gives a copy.
func (s Set) Clone() Set { return slices.Clone(s) }

// Len counts the nodes.
func (s Set) Len() int {
	count := 0
	for _, word := range s {
		count += bits.OnesCount64(word)
	}
	return count
}

// IsEmpty reports whether the set has no node.
func (s Set) IsEmpty() bool {
	for _, word := range s {
		if word != 0 {
			return false
		}
	}
	return true
}

// All gives the nodes in ascending order.
func (s Set) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(i<<6 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// Sorted gives the nodes in ascending order.
func (s Set) Sorted() []int { return slices.AppendSeq(make([]int, 0, s.Len()), s.All()) }
