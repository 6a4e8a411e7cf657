package compiler

import (
	"context"
	"errors"
	"testing"

	"github.com/quernsql/quern/compiler/check"
)

// opener counts the scratches that it opens and those that are closed.
type opener struct {
	check.Describer
	opened, closed int
	err            error
}

func (o *opener) Scratch(context.Context) (check.Scratch, error) {
	o.opened++
	if o.err != nil {
		return nil, o.err
	}
	return &counted{from: o}, nil
}

type counted struct {
	check.Scratch
	from *opener
}

func (c *counted) Close() error {
	c.from.closed++
	return nil
}

func TestEarlyScratch(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	refused := errors.New("refused")
	for _, tc := range []struct {
		name           string
		begun          bool
		taken          int
		opened, closed int
		err            error
	}{
		{"not begun and not needed", false, 0, 0, 0, nil},
		{"not begun", false, 1, 1, 0, nil},
		{"not needed", true, 0, 1, 1, nil},
		{"taken", true, 1, 1, 0, nil},
		{"taken twice", true, 2, 2, 0, nil},
		{"refused", true, 1, 1, 0, refused},
		{"refused and not needed", true, 0, 1, 0, refused},
	} {
		o := &opener{err: tc.err}
		e := &early{Describer: o}
		if tc.begun {
			e.open(ctx)
		}
		for range tc.taken {
			if s, err := e.Scratch(ctx); !errors.Is(err, tc.err) || (s == nil) != (tc.err != nil) {
				t.Errorf("%s: Scratch() = %v, %v; want the error %v", tc.name, s, err, tc.err)
			}
		}
		e.close()
		if o.opened != tc.opened || o.closed != tc.closed {
			t.Errorf("%s: %d were opened and %d closed, want %d and %d", tc.name, o.opened, o.closed, tc.opened, tc.closed)
		}
	}
}
