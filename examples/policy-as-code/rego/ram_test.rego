# Copyright (c) The terraform-provider-ram authors
# SPDX-License-Identifier: MPL-2.0

package main_test

import data.main
import rego.v1

plan(type, after, after_unknown) := {"resource_changes": [{
	"address": sprintf("%s.this", [type]), "mode": "managed", "type": type,
	"change": {"actions": ["create"], "after": after, "after_unknown": after_unknown},
}]}

ids(messages) := {id |
	some message in messages
	id := split(message, ":")[0]
}

strong := {
	"minimum_password_length": 14, "require_numbers": true, "require_symbols": true, "max_password_age": 90,
	"require_lowercase_characters": true, "password_reuse_prevention": 24, "require_uppercase_characters": true, "max_login_attempts": 5,
}

test_strong_policy if {
	count(main.deny) == 0 with input as plan("ram_password_policy", strong, {})
	count(main.warn) == 0 with input as plan("ram_password_policy", strong, {})
}

# Each rule on its own, at the value beside its bound.
test_each_rule_of_the_password_policy if {
	every attribute, wrong in {
		"minimum_password_length": [13, "CKV_ALI_13"], "require_numbers": [false, "CKV_ALI_14"], "require_symbols": [false, "CKV_ALI_15"], "max_password_age": [91, "CKV_ALI_16"],
		"require_lowercase_characters": [false, "CKV_ALI_17"], "password_reuse_prevention": [23, "CKV_ALI_18"], "require_uppercase_characters": [false, "CKV_ALI_19"], "max_login_attempts": [6, "CKV_ALI_23"],
	} {
		ids(main.deny) == {wrong[1]} with input as plan("ram_password_policy", object.union(strong, {attribute: wrong[0]}), {})
	}
}

# Zero means "never" in both.
test_zero_is_never if {
	ids(main.deny) == {"CKV_ALI_16", "CKV_ALI_23"} with input as plan("ram_password_policy", object.union(strong, {"max_password_age": 0, "max_login_attempts": 0}), {})
}

test_unknown_is_a_warning if {
	known := object.remove(strong, ["minimum_password_length"])
	count(main.deny) == 0 with input as plan("ram_password_policy", known, {"minimum_password_length": true})
	ids(main.warn) == {"CKV_ALI_13"} with input as plan("ram_password_policy", known, {"minimum_password_length": true})
}

preference := {
	"mfa_operation_for_login": "mandatory", "enable_save_mfa_ticket": false, "allow_user_to_manage_access_keys": false,
	"max_idle_days_for_users": 90, "max_idle_days_for_access_keys": 90, "login_network_masks": ["203.0.113.0/24"],
}

test_strong_preference if {
	count(main.deny) == 0 with input as plan("ram_security_preference", preference, {})
}

test_each_rule_of_the_preference if {
	every attribute, wrong in {
		"mfa_operation_for_login": ["adaptive", "CKV_ALI_24"], "enable_save_mfa_ticket": [true, "RAM_1"], "allow_user_to_manage_access_keys": [true, "RAM_2"],
		"max_idle_days_for_users": [180, "RAM_3"], "max_idle_days_for_access_keys": [730, "RAM_4"], "login_network_masks": [[], "RAM_5"],
	} {
		ids(main.deny) == {wrong[1]} with input as plan("ram_security_preference", object.union(preference, {attribute: wrong[0]}), {})
	}
}

test_open_networks if {
	every list in [["0.0.0.0/0"], ["203.0.113.0/24", "::/0"], []] {
		ids(main.deny) == {"RAM_6"} with input as plan("ram_account_access_key_policy", {"status": "Active", "classic_allow_list": list}, {})
	}
	count(main.deny) == 0 with input as plan("ram_account_access_key_policy", {"status": "Inactive", "classic_allow_list": []}, {})
}

test_secret_in_the_state if {
	ids(main.deny) == {"RAM_7"} with input as plan("ram_access_key", {"user_name": "ci", "pgp_key": null}, {})
	count(main.deny) == 0 with input as plan("ram_access_key", {"user_name": "ci", "pgp_key": "x"}, {})
	count(main.deny) == 0 with input as plan("ram_access_key", {"user_name": "ci"}, {"pgp_key": true})
}

# What is destroyed, and what only is read, is not judged.
test_nothing_to_judge if {
	count(main.deny) == 0 with input as {"resource_changes": [
		{"address": "a", "mode": "managed", "type": "ram_password_policy", "change": {"actions": ["delete"], "after": null}},
		{"address": "b", "mode": "data", "type": "ram_password_policy", "change": {"actions": ["read"], "after": {"minimum_password_length": 8}}},
	]}
}
