package diag

import (
	"encoding/json"
	"io"
	"net/url"
	"path"
	"slices"

	"github.com/quernsql/quern/compiler/source"
)

// SARIF writes diagnostics in the Static Analysis Results Interchange Format, version 2.1.0.
type SARIF struct {
	// Version is the tool's own.
	Version string
	// Prefix is the project folder within the repository, with forward slashes; "" where they are one.
	Prefix string
	// Fallback is the file of what has no place of its own: readers of SARIF drop results without one.
	Fallback string
}

// Addresses of the format and of the tool.
const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	toolURI     = "https://github.com/quernsql/quern"
	codesURI    = toolURI + "/blob/main/compiler/diag/CODES.md"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name            string      `json:"name"`
	SemanticVersion string      `json:"semanticVersion"`
	InformationURI  string      `json:"informationUri"`
	Rules           []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               Code         `json:"id"`
	Name             string       `json:"name,omitempty"`
	ShortDescription sarifMessage `json:"shortDescription"`
	Help             sarifMessage `json:"help"`
	HelpURI          string       `json:"helpUri"`
	Configuration    sarifLevel   `json:"defaultConfiguration"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    Code            `json:"ruleId,omitempty"`
	RuleIndex *int            `json:"ruleIndex,omitempty"`
	Level     string          `json:"level"`
	Message   sarifMessage    `json:"message"`
	Locations []sarifLocation `json:"locations"`
	Related   []sarifLocation `json:"relatedLocations,omitempty"`
}

type sarifLocation struct {
	ID       int            `json:"id,omitempty"`
	Message  *sarifMessage  `json:"message,omitempty"`
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI     string `json:"uri"`
	URIBase string `json:"uriBaseId"`
}

// sarifRegion counts from 1; the end is the place behind the last character.
type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

// Write writes one document with the list, sorted. Its rules are the codes that occur.
func (s SARIF) Write(w io.Writer, list List) error {
	list = list.Sorted()
	rules, index := sarifRules(list)
	results := make([]sarifResult, 0, len(list))
	for _, d := range list {
		result := s.result(d)
		if i, ok := index[d.Code]; ok {
			result.RuleIndex = &i
		}
		results = append(results, result)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{
		Schema: sarifSchema, Version: "2.1.0",
		Runs: []sarifRun{{
			Tool: sarifTool{sarifDriver{
				Name: "Quern", SemanticVersion: s.Version, InformationURI: toolURI, Rules: rules,
			}},
			ColumnKind: "unicodeCodePoints", Results: results,
		}},
	})
}

// sarifRules gives a rule for every code of the list, sorted, and where each stands.
func sarifRules(list List) ([]sarifRule, map[Code]int) {
	var codes []Code
	for _, d := range list {
		if d.Code != "" {
			codes = append(codes, d.Code)
		}
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	rules, index := make([]sarifRule, len(codes)), make(map[Code]int, len(codes))
	for i, code := range codes {
		title, level := Title(code), Error
		if code[0] == 'W' {
			level = Warning
		}
		if title == "" {
			title = string(code)
		}
		page := codesURI + "#" + anchor(code)
		rules[i] = sarifRule{
			ID: code, Name: Name(code), ShortDescription: sarifMessage{title},
			Help:          sarifMessage{string(code) + ": " + title + ". An example is at " + page},
			HelpURI:       page,
			Configuration: sarifLevel{level.String()},
		}
		index[code] = i
	}
	return rules, index
}

func (s SARIF) result(d *Diagnostic) sarifResult {
	text := said(d)
	result := sarifResult{RuleID: d.Code, Level: d.Severity.String()}
	for _, n := range d.Notes {
		if n.Span.IsZero() {
			text += "\nnote: " + n.Message
			continue
		}
		result.Related = append(result.Related, sarifLocation{
			ID: len(result.Related) + 1, Message: &sarifMessage{n.Message}, Physical: s.physical(n.Span),
		})
	}
	result.Message = sarifMessage{text}
	result.Locations = []sarifLocation{{Physical: s.physical(d.Span)}}
	return result
}

func (s SARIF) physical(span source.Span) *sarifPhysical {
	if span.IsZero() {
		return &sarifPhysical{Artifact: s.artifact(s.Fallback)}
	}
	at := placeOf(span)
	return &sarifPhysical{
		Artifact: s.artifact(at.File),
		Region:   &sarifRegion{at.Line, at.Column, at.EndLine, at.EndColumn},
	}
}

func (s SARIF) artifact(file string) sarifArtifact {
	uri := url.URL{Path: path.Join(s.Prefix, file)}
	return sarifArtifact{URI: uri.String(), URIBase: "%SRCROOT%"}
}

// anchor gives the place of a code's title on the page of codes, as GitHub makes it of the title: in
// small letters, with hyphens for spaces, and without what is neither.
func anchor(code Code) string {
	var out []rune
	for _, r := range string(code) + ": " + Title(code) {
		switch {
		case r >= 'A' && r <= 'Z':
			out = append(out, r-'A'+'a')
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-':
			out = append(out, r)
		case r == ' ':
			out = append(out, '-')
		}
	}
	return string(out)
}
