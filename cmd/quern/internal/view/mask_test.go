package view

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	const (
		password = `p"ss<wörd'!`
		key      = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END KEY-----"
		short    = "ab"
	)
	quoted, err := json.Marshal(password)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, text, want string }{
		{"whole", "using " + password + ".", "using ***."},
		{"in JSON", "using " + string(quoted), `using "***"`},
		{"in JSON without HTML escapes", `using "p\"ss<wörd'!"`, `using "***"`},
		{"in a URL", "x://u:p%22ss%3Cw%C3%B6rd%27%21@h", "x://u:***@h"},
		{"as an SQL literal", `'p"ss<wörd''!'`, "'***'"},
		{"a line of many", "got MIIEvQIBADANBgkqhkiG9w0B here", "got *** here"},
		{"cut", "got MIIEvQIBADANBgkqh…", "got ***…"},
		{"an ordinary word", "got ab and BEGIN", "got ab and BEGIN"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var s secrets
			s.add([]string{password, key, short, ""})
			if got := s.maskText(tc.text); got != tc.want {
				t.Errorf("mask(%q) = %q, want %q", tc.text, got, tc.want)
			}
		})
	}
}

// A secret that comes byte by byte must not pass, and what only begins like one must.
func TestMaskWriterJoinsWrites(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 2, 3, 7, 100} {
		var s secrets
		s.add([]string{"hunter2", "hunter2-longer-secret"})
		var b bytes.Buffer
		w := &maskWriter{to: &b, secrets: &s}
		text := "a hunter2 b hunter2-longer-secret c hunt hunter"
		for i := 0; i < len(text); i += size {
			if n, err := w.Write([]byte(text[i:min(i+size, len(text))])); err != nil || n == 0 {
				t.Fatalf("Write = %d, %v", n, err)
			}
			if strings.Contains(b.String(), "hunter2") {
				t.Fatalf("writes of %d bytes show %q", size, b.String())
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if want := "a *** b *** c hunt hunter"; b.String() != want {
			t.Errorf("writes of %d bytes gave %q, want %q", size, b.String(), want)
		}
	}
}

func FuzzMaskWriterNeverShowsTheSecret(f *testing.F) {
	f.Add("a hunter2 b", uint8(1))
	f.Add("hunthunter2er2", uint8(3))
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		const secret = "hunter2"
		var s secrets
		s.add([]string{secret})
		var b bytes.Buffer
		w := &maskWriter{to: &b, secrets: &s}
		for len(text) > 0 {
			n := min(int(size)+1, len(text))
			if _, err := w.Write([]byte(text[:n])); err != nil {
				t.Fatal(err)
			}
			text = text[n:]
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), secret) {
			t.Errorf("%q shows the secret", b.String())
		}
	})
}
