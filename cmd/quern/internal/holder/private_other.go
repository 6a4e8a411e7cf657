//go:build !unix

package holder

import "errors"

// Elsewhere nothing here tells whom a folder lets in, so nobody listens.
func makePrivate(string) error  { return errors.ErrUnsupported }
func checkPrivate(string) error { return errors.ErrUnsupported }
