// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"maps"
)

// A story is told step by step; a step that fails ends it.
type story struct {
	account *account
	cli     *cli
	out     io.Writer
}

func (s story) tell(ctx context.Context) error {
	version, err := s.cli.version(ctx)
	if err != nil {
		return err
	}
	s.say("A security baseline for Alibaba Cloud RAM, on a fake account (%s)", version)
	for _, step := range []func(context.Context) error{
		s.history, s.adopt, s.settle, s.tamper, s.drift, s.repair,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s story) say(format string, values ...any) {
	fmt.Fprintf(s.out, format+"\n", values...)
}

func (s story) history(context.Context) error {
	s.say("\n1. The account as it was found")
	s.say("   Sessions last %d hours, users make their own access keys, passwords of", s.account.facts().SessionHours)
	s.say("   %d characters will do, and logon is open to an old office, %s.", s.account.facts().PasswordLength, oldOffice)
	return nil
}

func (s story) adopt(ctx context.Context) error {
	s.say("\n2. %s apply", s.cli.name())
	if err := s.apply(ctx); err != nil {
		return err
	}
	s.say("   Three settings are managed now: sessions of %d hours, no keys of their own,", wanted.SessionHours)
	s.say("   passwords of %d characters, and the account is called %s.", wanted.PasswordLength, wanted.Alias)
	s.say("   The configuration does not name the logon masks, so they were never touched.")
	return nil
}

func (s story) settle(ctx context.Context) error {
	s.say("\n3. %s plan", s.cli.name())
	if err := s.expectNoDiff(ctx); err != nil {
		return err
	}
	s.say("   No changes (exit code 0).")
	return nil
}

func (s story) tamper(context.Context) error {
	s.say("\n4. Somebody changes two settings in the console, past Terraform")
	s.account.tamper()
	s.say("   Users may make access keys again, and passwords of 8 characters will do.")
	return nil
}

// drifted is what the plan has to say of it, no more and no less.
var drifted = changes{
	"ram_security_preference.this.allow_user_to_manage_access_keys": "true -> false",
	"ram_password_policy.this.minimum_password_length":              "8 -> 14",
}

func (s story) drift(ctx context.Context) error {
	s.say("\n5. %s plan -detailed-exitcode", s.cli.name())
	plan, err := s.cli.plan(ctx, 2)
	if err != nil {
		return err
	}
	if !maps.Equal(plan.changes, drifted) {
		return mismatch{of: "the plan", want: drifted.String(), found: plan.changes.String() + "\n\n" + plan.text}
	}
	lines := plan.difference()
	if len(lines) == 0 {
		return mismatch{of: "the plan", want: "a readable difference", found: plan.text}
	}
	for _, line := range lines {
		s.say("   %s", line)
	}
	s.say("   It is noticed (exit code 2), and nothing else is.")
	return nil
}

func (s story) repair(ctx context.Context) error {
	s.say("\n6. %s apply", s.cli.name())
	if err := s.apply(ctx); err != nil {
		return err
	}
	if err := s.expectNoDiff(ctx); err != nil {
		return err
	}
	s.say("   Repaired, and the next plan is empty again.")
	return nil
}

// apply applies the configuration and looks into the account.
func (s story) apply(ctx context.Context) error {
	if _, err := s.cli.run(ctx, 0, "apply", "-input=false", "-no-color", "-auto-approve"); err != nil {
		return err
	}
	if err := s.account.expect(wanted); err != nil {
		return err
	}
	return s.account.expectUntouched()
}

func (s story) expectNoDiff(ctx context.Context) error {
	plan, err := s.cli.plan(ctx, 0)
	if err != nil {
		return err
	}
	if len(plan.changes) > 0 {
		return mismatch{of: "the plan", want: "no changes", found: plan.changes.String() + "\n\n" + plan.text}
	}
	return nil
}
