// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// PanicError is a panic of this program that was recovered. It must not end the process,
// because concurrent operations would lose their results and their state.
type PanicError struct {
	Cause string // message of a runtime error, or only the type of another value, which may hold a secret
	Stack string // functions and lines, without arguments
}

// Error returns the cause.
func (p *PanicError) Error() string { return "a bug of the provider: " + p.Cause }

// maxFrames limits the number of functions in the stack. The first ones show where the
// panic occurred.
const maxFrames = 24

// CatchPanic calls do and returns its error. It returns a panic as a [*PanicError].
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
	const ours = 3 // runtime.Callers, this function and the deferred one
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

// baseName returns the name of a file without its directories, which belong to the machine
// that built the program.
func baseName(file string) string { return file[strings.LastIndexByte(file, '/')+1:] }
