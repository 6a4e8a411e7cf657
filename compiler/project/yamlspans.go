package project

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// scalar sets style and span of a scalar. The library gives where it begins, with its tag and
// anchor before it; where it ends is found by reading it again.
func (s *slowParser) scalar(y *yaml.Node, n *node) {
	text := s.file.Text[:s.end]
	at := s.skipProperties(int(n.start))
	n.start = int32(at)
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		n.style = quotedStyle
		n.end = int32(quotedEnd(text, at, '"'))
	case y.Style&yaml.SingleQuotedStyle != 0:
		n.style = quotedStyle
		n.end = int32(quotedEnd(text, at, '\''))
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		n.style = blockStyle
		n.end = int32(blockEnd(text, at, strings.Trim(y.Value, "\n") == ""))
	default:
		n.style = plainStyle
		n.end = int32(plainEnd(text, at, y.Value))
	}
}

// skipProperties moves past anchors and tags.
func (s *slowParser) skipProperties(at int) int {
	text := s.file.Text[:s.end]
	for at < len(text) && (text[at] == '&' || text[at] == '!') {
		for at < len(text) && !strings.ContainsRune(" \t\r\n,[]{}", rune(text[at])) {
			at++
		}
		for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n') {
			at++
		}
	}
	return at
}

func quotedEnd(text string, at int, quote byte) int {
	for i := at + 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] != quote:
		case quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(text)
}

// plainEnd follows the words of the value in the text; between them stand spaces and line breaks.
func plainEnd(text string, at int, value string) int {
	i := at
	for j := range len(value) {
		if value[j] == ' ' || value[j] == '\n' || value[j] == '\t' {
			continue
		}
		for i < len(text) && text[i] != value[j] {
			i++
		}
		i++
	}
	return min(i, len(text))
}

// blockEnd gives the end of a block scalar whose header stands at the offset.
func blockEnd(text string, at int, empty bool) int {
	end, indent := lineEnd(text, at), -1
	for i := end + 1; i < len(text) && !empty; i = lineEnd(text, i) + 1 {
		line := strings.TrimSuffix(text[i:lineEnd(text, i)], "\r")
		depth := len(line) - len(strings.TrimLeft(line, " "))
		if depth == len(line) {
			continue
		}
		if indent < 0 {
			indent = depth
		}
		if depth < indent {
			break
		}
		end = i + len(line)
	}
	return end
}

func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(text)
}
