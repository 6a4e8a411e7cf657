package isolate

import "syscall"

// childMemory is the address space of a child: enough for any query a person wrote.
const childMemory = 4 << 30

// limitMemory keeps a child from taking the machine's memory.
func limitMemory() {
	limit := syscall.Rlimit{Cur: childMemory, Max: childMemory}
	_ = syscall.Setrlimit(syscall.RLIMIT_AS, &limit) // where it is refused, the limit of time remains
}
