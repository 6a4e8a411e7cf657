//go:build !linux

package isolate

// limitMemory limits nothing: only the limit of time remains.
func limitMemory() {}
