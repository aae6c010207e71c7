// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// perUser is the number of resource instances per user: the user, a login profile, two keys
// and a device.
const perUser = 5

// settings are the resource types of which every account has one object.
var settings = []string{"security_preference", "password_policy", "account_alias", "account_access_key_policy", "user_sso_settings"}

// block returns the beginning of a configuration for users with the fake's names.
func block(provider string, users int) string {
	return fmt.Sprintf(`terraform {
  required_providers {
    %[1]s = { source = "ram-security/%[1]s" }
  }
}

locals {
  users = toset([for n in range(%[2]d) : format("user-%%04d", n + 1)])
}
`, provider, users)
}

// order adds depends_on to a configuration. A create needs the order. For existing objects
// it would dominate the measurement, because in Terraform's graph each instance waits for
// every instance of the other block.
type order bool

const (
	ordered   order = true
	unordered order = false
)

// apply removes depends_on from a configuration unless it is ordered.
func (o order) apply(configuration string) string {
	if o == ordered {
		return configuration
	}
	var kept strings.Builder
	for line := range strings.Lines(configuration) {
		if !strings.HasPrefix(strings.TrimSpace(line), "depends_on") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// ourConfiguration returns the measured configuration.
func ourConfiguration(users int, order order) string {
	var b strings.Builder
	b.WriteString(block("ram", users))
	for _, setting := range settings {
		fmt.Fprintf(&b, "\nresource \"ram_%s\" \"this\" {}\n", setting)
	}
	b.WriteString(`
resource "ram_user" "this" {
  for_each = local.users
  name     = each.key
}

resource "ram_login_profile" "this" {
  for_each            = local.users
  user_name           = each.key
  password_wo         = "Chosen-4-the-first-logon"
  password_wo_version = 1
  depends_on          = [ram_user.this]
}

resource "ram_access_key" "first" {
  for_each   = local.users
  user_name  = each.key
  depends_on = [ram_user.this]
}

resource "ram_access_key" "second" {
  for_each   = local.users
  user_name  = each.key
  depends_on = [ram_access_key.first]
}

resource "ram_virtual_mfa_device" "this" {
  for_each                = local.users
  virtual_mfa_device_name = each.key
  bind_to_user            = each.key
  depends_on              = [ram_user.this]
}
`)
	return order.apply(b.String())
}

// floorConfiguration returns the same number of instances and blocks in the same order.
func floorConfiguration(users int, order order) string {
	var b strings.Builder
	b.WriteString(block("floor", users))
	for _, setting := range settings {
		fmt.Fprintf(&b, "\nresource \"floor_thing\" %q {\n  name = \"this\"\n}\n", setting)
	}
	for _, of := range []struct{ name, after string }{{"user", ""}, {"profile", "user"}, {"first", "user"}, {"second", "first"}, {"device", "user"}} {
		fmt.Fprintf(&b, "\nresource \"floor_thing\" %q {\n  for_each = local.users\n  name = each.key\n", of.name)
		if of.after != "" {
			fmt.Fprintf(&b, "  depends_on = [floor_thing.%s]\n", of.after)
		}
		b.WriteString("}\n")
	}
	return order.apply(b.String())
}

// account is an account as the fake returns it.
type account struct {
	ID    string
	Users map[string]struct {
		ID, DisplayName, MFASerial string
		CreateDate                 time.Time
		LoginProfile               *struct{ Status string }
		Keys                       []struct{ ID string }
	}
}

// file is a state of version 4, as the CLIs write it.
type file struct {
	Version          int        `json:"version"`
	TerraformVersion string     `json:"terraform_version"`
	Serial           int        `json:"serial"`
	Lineage          string     `json:"lineage"`
	Outputs          struct{}   `json:"outputs"`
	Resources        []resource `json:"resources"`
}

type resource struct {
	Mode      string     `json:"mode"`
	Type      string     `json:"type"`
	Name      string     `json:"name"`
	Provider  string     `json:"provider"`
	Instances []instance `json:"instances"`
}

type instance struct {
	Key           string         `json:"index_key,omitempty"`
	SchemaVersion int            `json:"schema_version"`
	Attributes    map[string]any `json:"attributes"`
}

// stateOf returns a state with resources of one provider.
func stateOf(host, provider string, resources ...resource) ([]byte, error) {
	for at := range resources {
		resources[at].Mode = "managed"
		resources[at].Provider = fmt.Sprintf("provider[%q]", host+"/ram-security/"+provider)
	}
	return json.Marshal(file{Version: 4, TerraformVersion: "1.11.0", Serial: 1, Lineage: "bench", Resources: resources})
}

// importedState returns the state after an import of all objects, which the next apply
// completes. Thousands of real imports would measure the CLI.
func importedState(host string, of account) ([]byte, error) {
	return stateOf(host, "ram", resourcesOf(of)...)
}

// resourcesOf returns the resources of the users of an account as after an import.
func resourcesOf(of account) []resource {
	users, profiles := resource{Type: "ram_user", Name: "this"}, resource{Type: "ram_login_profile", Name: "this"}
	first, second := resource{Type: "ram_access_key", Name: "first"}, resource{Type: "ram_access_key", Name: "second"}
	devices := resource{Type: "ram_virtual_mfa_device", Name: "this"}
	for name, user := range of.Users {
		if user.LoginProfile == nil { // the administrator is not managed
			continue
		}
		add := func(to *resource, own map[string]any) {
			own["account_id"] = of.ID
			to.Instances = append(to.Instances, instance{Key: name, Attributes: own})
		}
		add(&users, map[string]any{"name": name, "user_id": user.ID, "display_name": user.DisplayName, "create_date": user.CreateDate.UTC().Format(time.RFC3339), "force_destroy": false})
		add(&profiles, map[string]any{"user_name": name, "user_id": user.ID, "password_wo_version": 1, "allow_lock_out": false})
		add(&first, map[string]any{"user_name": name, "user_id": user.ID, "access_key_id": user.Keys[0].ID, "allow_self": false})
		add(&second, map[string]any{"user_name": name, "user_id": user.ID, "access_key_id": user.Keys[1].ID, "allow_self": false})
		add(&devices, map[string]any{"virtual_mfa_device_name": name, "serial_number": user.MFASerial, "bind_to_user": name})
	}
	return []resource{users, profiles, first, second, devices}
}

// floorState returns the state of the floor after an apply.
func floorState(host string, users int) ([]byte, error) {
	thing := func(name, key string) instance {
		return instance{Key: key, Attributes: map[string]any{
			"name": name, "account_id": name, "user_id": name, "status": name, "create_date": name, "fingerprint": name,
		}}
	}
	var all []resource
	for _, setting := range settings {
		all = append(all, resource{Type: "floor_thing", Name: setting, Instances: []instance{thing("this", "")}})
	}
	for _, name := range []string{"user", "profile", "first", "second", "device"} {
		r := resource{Type: "floor_thing", Name: name}
		for n := range users {
			key := fmt.Sprintf("user-%04d", n+1)
			r.Instances = append(r.Instances, thing(key, key))
		}
		all = append(all, r)
	}
	return stateOf(host, "floor", all...)
}
