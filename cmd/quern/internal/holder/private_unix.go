//go:build unix

package holder

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// makePrivate makes a folder that only this user can enter.
func makePrivate(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return checkPrivate(dir)
}

// checkPrivate refuses a folder that somebody else may have made or may change.
func checkPrivate(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !ok || int(owner.Uid) != os.Getuid() {
		return fmt.Errorf("the folder %q is open to others", dir)
	}
	return nil
}
