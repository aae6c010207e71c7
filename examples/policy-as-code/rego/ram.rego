# Copyright (c) The terraform-provider-ram authors
# SPDX-License-Identifier: MPL-2.0

# Rules for the plan of ram_* resources: those that scanners have for alicloud_ram_*,
# under the same ids, and those that no scanner has. Each is a line of the two tables.
#
#   terraform show -json tfplan > plan.json
#   conftest test --policy rego plan.json
#
# deny: the plan gives a weaker value. warn: the plan does not say, because the
# attribute is not declared and the account was not read yet.
package main

import rego.v1

# What an attribute has to be: is, or at least min and at most max.
rules := {
	"ram_password_policy": {
		"minimum_password_length": {"id": "CKV_ALI_13", "min": 14},
		"require_numbers": {"id": "CKV_ALI_14", "is": true},
		"require_symbols": {"id": "CKV_ALI_15", "is": true},
		"max_password_age": {"id": "CKV_ALI_16", "min": 1, "max": 90}, # CIS 2.0.0: min 365, max 1095
		"require_lowercase_characters": {"id": "CKV_ALI_17", "is": true},
		"password_reuse_prevention": {"id": "CKV_ALI_18", "min": 24}, # CIS: min 5
		"require_uppercase_characters": {"id": "CKV_ALI_19", "is": true},
		"max_login_attempts": {"id": "CKV_ALI_23", "min": 1, "max": 5}, # 0 never locks
	},
	"ram_security_preference": {
		"mfa_operation_for_login": {"id": "CKV_ALI_24", "is": "mandatory"},
		"enable_save_mfa_ticket": {"id": "RAM_1", "is": false},
		"allow_user_to_manage_access_keys": {"id": "RAM_2", "is": false},
		"max_idle_days_for_users": {"id": "RAM_3", "max": 90},
		"max_idle_days_for_access_keys": {"id": "RAM_4", "max": 90},
	},
}

# Lists of networks that must not hold every address.
networks := {
	"ram_security_preference": {"login_network_masks": "RAM_5"},
	"ram_account_access_key_policy": {"classic_allow_list": "RAM_6"},
	"ram_access_key_policy": {"classic_allow_list": "RAM_6"},
}

# The managed resources that exist after the apply.
planned contains change if {
	some change in input.resource_changes
	change.mode == "managed"
	change.change.after != null
}

passes(rule, value) if {
	"is" in object.keys(rule)
	value == rule.is
}

passes(rule, value) if {
	not "is" in object.keys(rule)
	value >= object.get(rule, "min", value)
	value <= object.get(rule, "max", value)
}

wanted(rule) := json.marshal(object.remove(rule, ["id"]))

unknown(change, attribute) if change.change.after_unknown[attribute] == true

deny contains message if {
	some change in planned
	some attribute, rule in rules[change.type]
	value := change.change.after[attribute]
	value != null
	not passes(rule, value)
	message := sprintf("%s: %s.%s is %s, wanted %s", [rule.id, change.address, attribute, json.marshal(value), wanted(rule)])
}

warn contains message if {
	some change in planned
	some attribute, rule in rules[change.type]
	unknown(change, attribute)
	message := sprintf("%s: %s.%s is not declared, and not known before the apply; wanted %s", [rule.id, change.address, attribute, wanted(rule)])
}

# An empty list admits every address, as does a block of length 0.
open(list) if count(list) == 0

open(list) if {
	some network in list
	endswith(network, "/0")
}

enforced(change) if not change.change.after.status == "Inactive"

deny contains message if {
	some change in planned
	some attribute, id in networks[change.type]
	list := change.change.after[attribute]
	open(list)
	enforced(change)
	message := sprintf("%s: %s.%s admits every address", [id, change.address, attribute])
}

# A secret in the state is readable to whoever reads the state.
deny contains message if {
	some change in planned
	change.type == "ram_access_key"
	object.get(change.change.after, "pgp_key", null) == null
	not unknown(change, "pgp_key")
	message := sprintf("RAM_7: %s has no pgp_key, so its secret is in the state", [change.address])
}
