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

// perUser is how many instances a user has: itself, a login profile, two keys and a
// device.
const perUser = 5

// settings are what every account has one of.
var settings = []string{"security_preference", "password_policy", "account_alias", "account_access_key_policy", "user_sso_settings"}

// block opens a configuration: for so many users named as the fake names them.
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

// order is whether a configuration says what comes first. What makes everything has
// to. What is there already need not: in Terraform's graph each instance would wait
// for each of the others, and a thousand for a thousand is all that one would measure.
type order bool

const (
	ordered   order = true
	unordered order = false
)

// says leaves the order out of a configuration, unless it is said.
func (o order) says(configuration string) string {
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

// ours is the configuration that is measured.
func ours(users int, order order) string {
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
	return order.says(b.String())
}

// same is the configuration of the floor: as many instances, as many blocks, and
// the same order among them.
func same(users int, order order) string {
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
	return order.says(b.String())
}

// account is what the fake tells of one.
type account struct {
	ID    string
	Users map[string]struct {
		ID, DisplayName, MFASerial string
		CreateDate                 time.Time
		LoginProfile               *struct{ Status string }
		Keys                       []struct{ ID string }
	}
}

// file is a state as the CLIs write it, version 4.
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

// stateOf is a state of some resources of one provider.
func stateOf(host, provider string, resources ...resource) ([]byte, error) {
	for at := range resources {
		resources[at].Mode = "managed"
		resources[at].Provider = fmt.Sprintf("provider[%q]", host+"/ram-security/"+provider)
	}
	return json.Marshal(file{Version: 4, TerraformVersion: "1.11.0", Serial: 1, Lineage: "bench", Resources: resources})
}

// adopted is the state that imports of everything would leave, which the next apply
// completes. Importing thousands one by one would measure the CLI.
func adopted(host string, of account) ([]byte, error) {
	return stateOf(host, "ram", belongings(of)...)
}

// belongings are what the users of an account have, as imports would leave it.
func belongings(of account) []resource {
	users, profiles := resource{Type: "ram_user", Name: "this"}, resource{Type: "ram_login_profile", Name: "this"}
	first, second := resource{Type: "ram_access_key", Name: "first"}, resource{Type: "ram_access_key", Name: "second"}
	devices := resource{Type: "ram_virtual_mfa_device", Name: "this"}
	for name, user := range of.Users {
		if user.LoginProfile == nil { // the administrator, whom nobody manages
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

// settled is the state of the floor after an apply.
func settled(host string, users int) ([]byte, error) {
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
