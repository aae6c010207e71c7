// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// PanicError is a bug of this program, caught before it ended the process: what others
// were doing at the same time, and what the state was to be told, is not lost.
type PanicError struct {
	Cause string // what went wrong; of a value that is no runtime error only the type, since it may hold a secret
	Stack string // the functions and lines that led there, without their arguments
}

// Error says what went wrong.
func (p *PanicError) Error() string { return "a bug of the provider: " + p.Cause }

// framesOfAPanic is how many functions a panic names: the first tell where it was.
const maxFrames = 24

// CatchPanic is what do returns, or the panic in which it ended, as a [*Panic].
func CatchPanic(do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = newPanicError(cause)
		}
	}()
	return do()
}

func newPanicError(cause any) *PanicError {
	p := &PanicError{Cause: fmt.Sprintf("a panic with a %T", cause)}
	if err, is := cause.(error); is {
		var known runtime.Error
		if errors.As(err, &known) {
			p.Cause = known.Error()
		}
	}
	var calls [maxFrames]uintptr
	const ours = 3 // Callers, this, and the deferred function
	frames := runtime.CallersFrames(calls[:runtime.Callers(ours, calls[:])])
	var stack strings.Builder
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		fmt.Fprintf(&stack, "%s (%s:%d)\n", frame.Function, baseName(frame.File), frame.Line)
	}
	p.Stack = stack.String()
	return p
}

// baseOf is the name of a file without the directories, which are of the machine that built it.
func baseName(file string) string { return file[strings.LastIndexByte(file, '/')+1:] }
