// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// The Terraform provider for the RAM security settings of Alibaba Cloud.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/ram-security/terraform-provider-ram/internal/provider"
)

// version is set by the linker when a release is built.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "run under a debugger, to which Terraform attaches by TF_REATTACH_PROVIDERS")
	show := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *show {
		fmt.Println("terraform-provider-ram", version)
		return
	}
	if !*debug && !logsWanted(os.Environ()) {
		writeNoLogs(os.Setenv)
	}
	log.SetOutput(io.Discard) // net/http writes the beginning of an unsolicited response there, which may contain a secret
	defer runtime.KeepAlive(collectLater(os.Getenv))
	if err := provider.Serve(provider.New(version, os.Getenv), *debug); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // the memory is released with the process
	}
}

// logsWanted reports whether the environment, which is that of the CLI, enables logs.
func logsWanted(environ []string) bool {
	return slices.ContainsFunc(environ, func(variable string) bool {
		return strings.HasPrefix(variable, "TF_LOG") || strings.HasPrefix(variable, "TF_ACC_LOG")
	})
}

// writeNoLogs disables the logs of SDK, framework and provider. They write several lines for
// each step of each call, which the CLI discards. This takes three tenths of the CPU time of
// a refresh (measured: 2.3 and 1.6 ms for each instance).
func writeNoLogs(setenv func(name, value string) error) {
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_RAM"} {
		_ = setenv(name, "off") // without it, the logs are written and are discarded
	}
}

// collectLater returns memory that delays garbage collections while it is referenced. A plan
// of 60 users needs 4 MiB, and Go collects whenever the heap has doubled: every few resources,
// with a quarter of the CPU time (measured). The pages of this memory are never written, so
// they are not resident. Unlike a larger GOGC, this adds the same 8 MiB to a large heap.
//
// The first collection is delayed until the schemas are served, because it would take longer
// than serving them. GOGC and GOMEMLIMIT in the environment take precedence.
func collectLater(getenv func(string) string) (ballast []byte) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return nil
	}
	usual := debug.SetGCPercent(400) // until the first collection, the limit is 4 MiB times this
	runtime.AddCleanup(new([16]byte), func(usual int) { debug.SetGCPercent(usual) }, usual)
	return make([]byte, 8<<20)
}
