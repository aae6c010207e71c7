// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// The Terraform provider for the RAM security settings of Alibaba Cloud.
package main

import (
	"flag"
	"fmt"
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
	collectLater()
	if err := provider.Serve(provider.New(version, os.Getenv), *debug); err != nil {
		log.Fatal(err)
	}
}

// logsWanted reports whether the environment, which is that of the CLI, asks for logs.
func logsWanted(environ []string) bool {
	return slices.ContainsFunc(environ, func(variable string) bool {
		return strings.HasPrefix(variable, "TF_LOG") || strings.HasPrefix(variable, "TF_ACC_LOG")
	})
}

// writeNoLogs turns off the logs of SDK, framework and provider. They would write down
// every step of every call, for the CLI to throw away: three tenths of what a refresh costs
// the provider (measured: 2.3 and 1.6 ms for an instance).
func writeNoLogs(setenv func(name, value string) error) {
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_RAM"} {
		_ = setenv(name, "off") // without it, the logs are written and are discarded
	}
}

// collectLater lets the first collection of garbage wait until after the schemas are
// served: it would take longer than they do, and find next to nothing. From then on
// it is as ever.
func collectLater() {
	usual := debug.SetGCPercent(200)
	runtime.AddCleanup(new([16]byte), func(usual int) { debug.SetGCPercent(usual) }, usual)
}
