// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Command schemajson prints the provider's schemas in the form of "terraform providers
// schema -json". It reads them from the provider, because a CLI omits the kinds of objects
// that it does not support.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/provider"
)

func main() {
	short := flag.Bool("lines", false, "print one line for each name, for people who review a change")
	flag.Parse()
	if err := run(context.Background(), *short, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, short bool, out io.Writer) error {
	// No schema depends on the environment.
	silent := func(string) string { return "" }
	server := provider.Server(provider.New("dev", silent)())
	schemas, identities, err := getSchemas(ctx, server)
	if err != nil {
		return err
	}
	if !short {
		return json.NewEncoder(out).Encode(describe(schemas, identities))
	}
	for _, l := range lines(schemas, identities) {
		fmt.Fprintln(out, l)
	}
	return nil
}

// getSchemas reads all schemas from the server.
func getSchemas(ctx context.Context, server tfprotov6.ProviderServer) (*tfprotov6.GetProviderSchemaResponse, *tfprotov6.GetResourceIdentitySchemasResponse, error) {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, nil, err
	}
	for _, d := range append(schemas.Diagnostics, identities.Diagnostics...) {
		return nil, nil, fmt.Errorf("%s: %s", d.Summary, d.Detail)
	}
	return schemas, identities, nil
}

// describe uses the short name of the provider, which the documentation generator expects.
func describe(schemas *tfprotov6.GetProviderSchemaResponse, identities *tfprotov6.GetResourceIdentitySchemasResponse) object {
	return object{"format_version": "1.0", "provider_schemas": object{"ram": object{
		"provider":                   schema(schemas.Provider),
		"resource_schemas":           each(schemas.ResourceSchemas, schema),
		"resource_identity_schemas":  each(identities.IdentitySchemas, identity),
		"data_source_schemas":        each(schemas.DataSourceSchemas, schema),
		"ephemeral_resource_schemas": each(schemas.EphemeralResourceSchemas, schema),
		"list_resource_schemas":      each(schemas.ListResourceSchemas, schema),
		"action_schemas":             each(schemas.ActionSchemas, action),
		"functions":                  each(schemas.Functions, function),
	}}}
}
