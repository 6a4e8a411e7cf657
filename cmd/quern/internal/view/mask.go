package view

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	masked = "***"
	// minSecret is the shortest value that is masked: shorter ones would hide ordinary text.
	minSecret = 3
	// minPart is the shortest part of a secret that is masked where the secret was cut; it is also
	// at least half of the secret, because shorter parts can be ordinary words.
	minPart = 8
)

// secrets are the values that may not be seen, in every spelling an output may give them. They are
// shared by all writers of a view.
type secrets struct {
	mu sync.RWMutex
	// texts are sorted, the longest first, so that no secret shows what follows another's end.
	texts []string
	parts []parts
}

// parts are all runs of a number of bytes of a secret.
type parts struct {
	size int
	runs map[string]bool
}

func (s *secrets) add(values []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range values {
		for _, line := range append(strings.Split(value, "\n"), value) {
			s.addText(strings.TrimSpace(line))
		}
	}
	slices.SortFunc(s.texts, func(a, b string) int {
		return cmp.Or(len(b)-len(a), cmp.Compare(a, b))
	})
}

func (s *secrets) addText(text string) {
	if len(text) < minSecret {
		return
	}
	for _, spelling := range []string{
		text,
		jsonText(text, true),
		jsonText(text, false),
		strings.Trim(strconv.Quote(text), `"`),
		url.QueryEscape(text),
		url.PathEscape(text),
		strings.ReplaceAll(text, "'", "''"),
	} {
		if slices.Contains(s.texts, spelling) {
			continue
		}
		s.texts = append(s.texts, spelling)
		if size := max(minPart, (len(spelling)+1)/2); size < len(spelling) {
			s.parts = append(s.parts, partsOf(spelling, size))
		}
	}
}

// jsonText gives text as it stands in JSON.
func jsonText(text string, escapeHTML bool) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(escapeHTML)
	_ = enc.Encode(text) // a string can always be written
	return strings.Trim(strings.TrimSpace(b.String()), `"`)
}

func partsOf(text string, size int) parts {
	p := parts{size: size, runs: make(map[string]bool)}
	for i := 0; i+size <= len(text); i++ {
		p.runs[text[i:i+size]] = true
	}
	return p
}

// mask gives text without secrets, nor large parts of them.
func (s *secrets) mask(text []byte) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, secret := range s.texts {
		text = bytes.ReplaceAll(text, []byte(secret), []byte(masked))
	}
	for _, p := range s.parts {
		text = p.mask(text)
	}
	return text
}

func (p parts) mask(text []byte) []byte {
	var out []byte
	last := 0
	for i := 0; i+p.size <= len(text); i++ {
		if !p.runs[string(text[i:i+p.size])] {
			continue
		}
		end := i + p.size
		for end < len(text) && p.runs[string(text[end-p.size+1:end+1])] {
			end++
		}
		for i > last && !utf8.RuneStart(text[i]) { // hide characters whole
			i--
		}
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		out = append(append(out, text[last:i]...), masked...)
		last, i = end, end-1
	}
	if last == 0 {
		return text
	}
	return append(out, text[last:]...)
}

// maskText is mask for strings.
func (s *secrets) maskText(text string) string {
	s.mu.RLock()
	none := len(s.texts) == 0
	s.mu.RUnlock()
	if none {
		return text
	}
	return string(s.mask([]byte(text)))
}

// pending gives how many bytes at the end of text may be the beginning of a secret.
func (s *secrets) pending(text []byte) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	longest := 0
	for _, secret := range s.texts {
		for n := min(len(secret)-1, len(text)); n > longest; n-- {
			if bytes.HasSuffix(text, []byte(secret[:n])) {
				longest = n
			}
		}
	}
	return longest
}

// maskWriter writes text without secrets, also where a secret comes in several writes. It keeps
// back an end that may be the beginning of one until the next write or Flush.
type maskWriter struct {
	to      io.Writer
	secrets *secrets
	mu      sync.Mutex
	kept    []byte
}

// Write writes; it reports all of p as written unless the writer below fails.
func (w *maskWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := append(w.kept, p...)
	keep := w.secrets.pending(text)
	w.kept = bytes.Clone(text[len(text)-keep:])
	if _, err := w.to.Write(w.secrets.mask(text[:len(text)-keep])); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what was kept back.
func (w *maskWriter) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.kept) == 0 {
		return nil
	}
	_, err := w.to.Write(w.secrets.mask(w.kept))
	w.kept = nil
	return err
}
