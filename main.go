// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// The Terraform provider for the RAM security settings of Alibaba Cloud.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

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
	collectLater()
	err := providerserver.Serve(context.Background(), provider.New(version, os.Getenv), providerserver.ServeOpts{
		Address: provider.Address,
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// collectLater lets the first collection of garbage wait until after the schemas are
// served: it would take longer than they do, and find next to nothing. From then on
// it is as ever.
func collectLater() {
	usual := debug.SetGCPercent(200)
	runtime.AddCleanup(new([16]byte), func(usual int) { debug.SetGCPercent(usual) }, usual)
}
