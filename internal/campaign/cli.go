// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

// buildProvider builds the provider, and returns its directory.
func buildProvider(ctx context.Context, o *Options) (directory string, err error) {
	directory = filepath.Join(o.Temp, "provider")
	return directory, acctest.BuildProvider(ctx, o.Root, directory)
}

// newCLI writes a configuration into a directory of its own. The account comes by getenv.
func newCLI(o *Options, provider, config string, getenv func(string) string) (*acctest.CLI, error) {
	directory, err := os.MkdirTemp(o.Temp, "run-")
	if err != nil {
		return nil, err
	}
	environment := append(acctest.AccountEnvironment(getenv), "GOGC=400") // a run is short: memory for time
	c, err := acctest.NewCLI(o.CLI, directory, map[string]string{acctest.Source: provider}, environment...)
	if err != nil {
		return nil, err
	}
	return c, c.Configure(config)
}

// remove removes the directory of a CLI.
func remove(c *acctest.CLI) { _ = os.RemoveAll(c.Directory) }

// secretsInState returns the secrets of the keys in a state by key id.
func secretsInState(text []byte) map[string]string {
	var state struct {
		Resources []struct {
			Type      string
			Instances []struct {
				Attributes struct {
					AccessKeyID string `json:"access_key_id"`
					Secret      string `json:"secret"`
				}
			}
		}
	}
	secrets := map[string]string{}
	if json.Unmarshal(text, &state) != nil {
		return secrets
	}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if resource.Type == "ram_access_key" {
				secrets[instance.Attributes.AccessKeyID] = instance.Attributes.Secret
			}
		}
	}
	return secrets
}
