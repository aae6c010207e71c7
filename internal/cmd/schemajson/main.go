// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Command schemajson prints the provider's schemas in the form of "terraform
// providers schema -json". It asks the provider itself, because a CLI leaves out
// the kinds that it does not know.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/provider"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	// No schema depends on the environment, so none is handed in.
	silent := func(string) string { return "" }
	server, err := providerserver.NewProtocol6WithError(provider.New("dev", silent)())()
	if err != nil {
		return err
	}
	document, err := describe(ctx, server)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(document)
}

// describe asks the server for everything it has. The provider stands under its
// short name, where the documentation's generator looks for it.
func describe(ctx context.Context, server tfprotov6.ProviderServer) (object, error) {
	answer, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}
	for _, d := range append(answer.Diagnostics, identities.Diagnostics...) {
		return nil, fmt.Errorf("%s: %s", d.Summary, d.Detail)
	}
	return object{"format_version": "1.0", "provider_schemas": object{"ram": object{
		"provider":                   schema(answer.Provider),
		"resource_schemas":           each(answer.ResourceSchemas, schema),
		"resource_identity_schemas":  each(identities.IdentitySchemas, identity),
		"data_source_schemas":        each(answer.DataSourceSchemas, schema),
		"ephemeral_resource_schemas": each(answer.EphemeralResourceSchemas, schema),
		"list_resource_schemas":      each(answer.ListResourceSchemas, schema),
		"action_schemas":             each(answer.ActionSchemas, action),
		"functions":                  each(answer.Functions, function),
	}}}, nil
}
