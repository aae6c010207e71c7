// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import "github.com/ram-security/terraform-provider-ram/internal/guard"

const (
	revert  = "Each apply of one reverts what the other one sets."
	declare = "Each of them reports, and with another value of enforce removes, what only the other one declares."
	deletes = "which deletes it"
)

// claimed are the types whose claims the guard handles, by name. A setting, the policy of a key and a
// verification claim their objects themselves, because the service always has them: a destroy and a create
// of one run hand them over.
var claimed = map[string]guard.Claims{
	"ram_user":                         {Noun: "user", Parts: [][2]string{{"name", ""}}, Conflict: revert, Destroy: deletes},
	"ram_group":                        {Noun: "group", Parts: [][2]string{{"name", ""}}, Conflict: revert, Destroy: deletes},
	"ram_login_profile":                {Noun: "login profile", Parts: [][2]string{{"user_name", "of the user"}}, Conflict: revert, Destroy: deletes},
	"ram_access_key":                   {Noun: "AccessKey pair", Parts: [][2]string{{"access_key_id", ""}}, Conflict: revert, Destroy: deletes},
	"ram_service_credential":           {Noun: "service credential", Parts: [][2]string{{"service_credential_id", ""}}, Conflict: revert, Destroy: deletes},
	"ram_access_key_rotation":          {Noun: "AccessKey rotation", Parts: [][2]string{{"user_name", "of the user"}}, Conflict: "Both slots of the user are taken by one of them.", Destroy: "which deletes its keys"},
	"ram_virtual_mfa_device":           {Noun: "virtual MFA device", Parts: [][2]string{{"virtual_mfa_device_name", ""}}, Conflict: revert, Destroy: deletes},
	"ram_mfa_binding":                  {Noun: "MFA binding", Parts: [][2]string{{"user_name", "of the user"}}, Conflict: revert, Destroy: "which unbinds the device"},
	"ram_group_membership":             {Noun: "group membership", Parts: [][2]string{{"user_name", "of the user"}, {"group_name", "in the group"}}, Conflict: "A destroy of one ends the membership that the other one manages.", Destroy: "which removes the user", Recreates: true},
	"ram_policy_attachment":            {Noun: "policy attachment", Parts: [][2]string{{"policy_name", "of"}, {"policy_type", "of type"}, {"user_name", "to the user"}, {"group_name", "to the group"}, {"role_name", "to the role"}, {"resource_group_id", "in the resource group"}}, Conflict: "A destroy of one detaches the policy that the other one attaches.", Destroy: "which detaches the policy", Recreates: true},
	"ram_user_credentials_exclusive":   {Noun: "exclusive credentials", Parts: [][2]string{{"user_name", "of the user"}}, Shows: "allowed_access_key_ids", Conflict: declare},
	"ram_group_members_exclusive":      {Noun: "exclusive group members", Parts: [][2]string{{"group_name", "of the group"}}, Shows: "allowed_user_names", Conflict: declare},
	"ram_policy_attachments_exclusive": {Noun: "exclusive policy attachments", Parts: [][2]string{{"user_name", "of the user"}, {"group_name", "of the group"}, {"role_name", "of the role"}}, Shows: "allowed_policies", Conflict: declare},
}
