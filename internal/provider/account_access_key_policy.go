// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/ram-security/terraform-provider-ram/internal/access"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
)

func newAccountAccessKeyPolicy() *setting.Setting[ram.NetworkPolicy] {
	return &setting.Setting[ram.NetworkPolicy]{
		Name:   "account_access_key_policy",
		Noun:   "AccessKey network policy of the account",
		Object: "AccessKey network policy of the account",
		Docs: "The network policy of an account's AccessKey pairs: from which addresses calls that are signed with a long-lived key are taken. " +
			"Every account has one, which may be inactive and empty. The resource adopts it and changes only the attributes that the configuration sets. `on_destroy` determines what a destroy changes.\n\n" +
			"**A key that has an active policy of its own (`ram_access_key_policy`) is governed by that policy alone.** Temporary credentials (STS), as of an assumed role, are not evaluated, " +
			"and some products of Alibaba Cloud do not enforce it.\n\n" +
			"**An active policy that does not allow the address from which it is written locks out the key that wrote it**; only another key, temporary credentials or the console can then undo it. " +
			"So if the provider uses a long-lived key, a plan that enforces or narrows `classic_allow_list` needs `must_allow`, with the addresses from which Terraform runs, or `allow_lock_out = true`. " +
			"Statements of kinds that the provider does not know stay in the policy, whatever is written.",
		Fields:    network.PolicyFields(),
		Arguments: networkPolicyArguments(),
		LockName:  access.LockName,
		Fetch: func(ctx context.Context, c *ram.Client) (ram.NetworkPolicy, error) {
			return c.AccountAccessKeyPolicy(ctx)
		},
		Refresh: func(ctx context.Context, c *ram.Client) (ram.NetworkPolicy, error) {
			return c.RefreshAccountAccessKeyPolicy(ctx)
		},
		Write: func(ctx context.Context, c *ram.Client, merge ram.Merge[ram.NetworkPolicy], _ setting.WriteOptions) error {
			return c.ChangeAccountAccessKeyPolicy(ctx, merge)
		},
		Risks: func(ctx context.Context, c setting.Change[ram.NetworkPolicy]) []setting.Risk {
			return networkPolicyRisks(ctx, c, access.KeyChange{})
		},
		DestroyWarning: func(before, after ram.NetworkPolicy) string {
			if !access.NarrowsPublic(before, after) {
				return ""
			}
			return fmt.Sprintf("Long-lived keys without a policy of their own, that of this run too, will be rejected from all addresses except %s.", strings.Join(after.Public, ", "))
		},
	}
}
