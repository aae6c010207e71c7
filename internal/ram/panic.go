// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// PanicError is a bug of this program, caught before it ends the process, because
// concurrent operations and their state would be lost.
type PanicError struct {
	Cause string // the runtime error, or only the type of another value, which may hold a secret
	Stack string // functions and lines, without arguments
}

// Error names the cause.
func (p *PanicError) Error() string { return "a bug of the provider: " + p.Cause }

// maxFrames is how many functions a panic lists: the first show where it happened.
const maxFrames = 24

// CatchPanic returns the result of do, or the panic that ended it as a [*PanicError].
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
	const ours = 3 // Callers, this function and the deferred one
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

// baseName is the name of a file without the directories of the machine that built it.
func baseName(file string) string { return file[strings.LastIndexByte(file, '/')+1:] }
