package project

func (l *loader) lock() error { return nil }
