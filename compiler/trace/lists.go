package trace

// lists are lists of numbered things, one after the other in one slice.
type lists[T any] struct {
	start []int32
	items []T
}

// open begins the next list, close ends the last one.
func (l *lists[T]) open()  { l.start = append(l.start, int32(len(l.items))) }
func (l *lists[T]) close() { l.start = append(l.start, int32(len(l.items))) }

func (l *lists[T]) at(i int) []T {
	if i < 0 || i+1 >= len(l.start) {
		return nil
	}
	return l.items[l.start[i]:l.start[i+1]:l.start[i+1]]
}

// turned gives the lists of the edges the other way round: pair gives, for an item of list i, the
// list it goes to and what stands there. The lists come out sorted as the edges came in.
func turned[T, U any](from *lists[T], size int, pair func(i int, item T) (int, U)) lists[U] {
	out := lists[U]{start: make([]int32, size+1), items: make([]U, len(from.items))}
	for i := range len(from.start) - 1 {
		for _, item := range from.at(i) {
			to, _ := pair(i, item)
			out.start[to+1]++
		}
	}
	for i := range size {
		out.start[i+1] += out.start[i]
	}
	next := append([]int32(nil), out.start...)
	for i := range len(from.start) - 1 {
		for _, item := range from.at(i) {
			to, made := pair(i, item)
			out.items[next[to]] = made
			next[to]++
		}
	}
	return out
}
